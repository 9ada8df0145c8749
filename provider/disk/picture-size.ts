/** The size of a picture in pixels, as people see it; text says why it is not known. */
export async function sizeOfPicture(
  path: string,
): Promise<{ width: number; height: number } | string> {
  const { imageSizeFromFile } = await import("image-size/fromFile");
  try {
    const { width, height, orientation = 1 } = await imageSizeFromFile(path);
    // Cameras note a quarter turn instead of turning the picture.
    return orientation >= 5 ? { width: height, height: width } : { width, height };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT"
      ? "there is no such file"
      : (error as Error).message;
  }
}
