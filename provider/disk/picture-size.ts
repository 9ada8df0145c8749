interface Size {
  width: number;
  height: number;
}

/** The size of a picture in pixels, as people see it; text says why it is not known. */
export async function sizeOfPicture(path: string): Promise<Size | string> {
  const { imageSizeFromFile } = await import("image-size/fromFile");
  try {
    return upright(await imageSizeFromFile(path));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT"
      ? "there is no such file"
      : (error as Error).message;
  }
}

/** A size as people see it: cameras note a quarter turn instead of turning the picture. */
export function upright({ width, height, orientation = 1 }: Size & { orientation?: number }): Size {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}
