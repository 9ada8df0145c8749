import { join } from "node:path";
import type { CommandModule } from "yargs";
import { sizeOfPicture } from "../../provider/disk/picture-size.ts";
import { FilesError } from "../../provider/disk/problems.ts";
import { Refusal } from "../../provider/lifecycle/lifecycle.ts";
import type { Picture } from "../../provider/manifests/annotated.ts";
import { annotationsOf } from "../../provider/manifests/annotations.ts";
import { Dropped } from "../../provider/manifests/dropped.ts";
import { type FormatName, formatNames } from "../../provider/manifests/formats.ts";
import { readCategories, readPictures, readSplits } from "../../provider/manifests/manifest.ts";
import {
  type WrittenFormat,
  writeAnnotations,
  writtenFormats,
} from "../../provider/manifests/write.ts";
import { count, inOneLine } from "../../provider/text/lines.ts";
import { refuseNoFolder } from "../out-folder.ts";
import { tellDropped } from "../tell-dropped.ts";

interface Arguments {
  in: string;
  out: string;
  to: WrittenFormat;
  from: FormatName | undefined;
  pictures: string | undefined;
}

/** `aidp convert`: annotations in another format, without a platform. */
export const convert: CommandModule<object, Arguments> = {
  command: "convert <in> <out>",
  describe: "Convert annotations from one format to another, without a platform",
  builder: (yargs) =>
    yargs
      .positional("in", {
        type: "string",
        demandOption: true,
        describe: "A COCO file, a YOLO data.yaml or folder, a folder of VOC files, or the like",
      })
      .positional("out", {
        type: "string",
        demandOption: true,
        describe: "The folder to write to; files in it that were not written here stay",
      })
      .option("to", {
        choices: writtenFormats,
        demandOption: true,
        describe: "The format to write",
      })
      .option("from", {
        choices: formatNames,
        describe: "The format to read, where its name does not tell",
      })
      .option("pictures", {
        type: "string",
        requiresArg: true,
        describe: "The folder of the pictures, to read sizes from that the annotations lack",
      })
      .example("$0 convert photos.coco.json yolo --to yolo", "from COCO to YOLO")
      .example("$0 convert VOC2012 coco --to coco", "from Pascal VOC to COCO")
      .epilogue("Exit codes: 0 converted, 1 failure."),
  async handler(given) {
    await refuseNoFolder(given.out);
    const from = given.from;
    try {
      const dropped = new Dropped("all");
      const pictures = await readPictures(given.in, { format: from, dropped });
      if (pictures === undefined) {
        throw new FilesError("it is a table, and has no annotated pictures to convert");
      }
      if (pictures.length === 0) {
        throw new FilesError("it has no pictures");
      }
      const categories = (await readCategories(given.in, from)) ?? [];
      const sized =
        given.pictures === undefined ? pictures : await withSizes(pictures, given.pictures);
      const splits = given.to === "yolo" ? await readSplits(given.in, from) : undefined;
      const annotations = { ...annotationsOf(sized, categories, new Dropped()), splits };
      const { files, written } = await writeAnnotations(given.out, given.to, annotations, given.in);
      tellDropped(dropped);
      tellDropped(annotations.dropped);
      const boxes = pictures.reduce((sum, picture) => sum + picture.boxes.length, 0);
      process.stdout.write(
        `${given.out}: ${count(boxes)} boxes on ${count(pictures.length)} pictures in ${count(files)} files, of which ${count(written)} were written now\n`,
      );
    } catch (error) {
      throw error instanceof FilesError
        ? new Refusal(inOneLine(`${given.in}: ${error.message}`))
        : error;
    }
  },
};

/** The pictures, with the sizes of the files where the annotations have none. */
async function withSizes(pictures: readonly Picture[], folder: string): Promise<Picture[]> {
  const sized: Picture[] = [];
  for (const picture of pictures) {
    const { width, height } = picture.size;
    const isKnown = width !== undefined && height !== undefined;
    const size = isKnown ? picture.size : await sizeOfPicture(join(folder, picture.name));
    if (typeof size === "string") {
      throw new FilesError(`the size of ${join(folder, picture.name)} cannot be read: ${size}`);
    }
    sized.push({ ...picture, size });
  }
  return sized;
}
