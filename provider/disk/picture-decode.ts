import { loadSharp, mostPixels } from "./sharp.ts";

/** What decoding a picture tells. */
export interface Decoded {
  isDamaged?: true;
  /** 64 bits in hexadecimal digits, alike for pictures that look alike. Of plain surfaces there is none. */
  likeness?: string;
}

/** Decodes a file of a media type if it is a picture. */
export type Decode = (path: string, type: string) => Promise<Decoded>;

/** Files of other kinds may name further files to show. */
const decodable = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/** Pictures are compared in this many columns and rows, by which of two neighbours is lighter. */
const [columns, rows] = [9, 8];
/** What has fewer shades of grey than this looks like anything. */
const fewestShades = 16;

/** Returns the function that decodes pictures; undefined if the optional package `sharp` is not installed. */
export async function pictureDecoder(): Promise<Decode | undefined> {
  const sharp = await loadSharp();
  if (sharp === undefined) {
    return undefined;
  }
  return async (path, type) => {
    if (!decodable.includes(type)) {
      return {};
    }
    const picture = sharp(path, { limitInputPixels: mostPixels })
      .autoOrient()
      .flatten()
      .greyscale()
      .resize(columns, rows, { fit: "fill" })
      .raw();
    try {
      return likenessOf(await picture.toBuffer());
    } catch (error) {
      return /pixel limit/.test(String(error)) ? {} : { isDamaged: true };
    }
  };
}

/** The difference hash of a picture. */
function likenessOf(shades: Uint8Array): Decoded {
  if (Math.max(...shades) - Math.min(...shades) < fewestShades) {
    return {};
  }
  let likeness = "";
  for (let row = 0; row < rows; row += 1) {
    const line = shades.subarray(row * columns, (row + 1) * columns);
    const bits = line.subarray(1).reduce((byte, shade, at) => {
      return byte * 2 + (shade > (line[at] ?? 0) ? 1 : 0);
    }, 0);
    likeness += bits.toString(16).padStart(2, "0");
  }
  return { likeness };
}
