import { Command } from "commander";
import { detectorNames } from "../faces/face/names.ts";
import { parseNumber } from "./arguments.ts";
import { addSessionOptions, type SessionFlags } from "./face-options.ts";
import { fail } from "./output.ts";

export type Flags = SessionFlags & {
  detector: string;
  draw?: string;
  minimumScore?: number;
  smallestFace?: number;
  json?: boolean;
};

/** Exit codes: a face in every picture, a picture without one, a picture that cannot be read. */
export const [ALL_WITH_FACES, SOME_WITHOUT, FAILED] = [0, 1, 2] as const;

export function detectCommand(): Command {
  const command = new Command("detect")
    .argument("<images...>", "pictures, folders of pictures, or - for a picture on standard input")
    .option(
      "--detector <model>",
      `${detectorNames.join(", ")}, a pulled model, the ONNX file of YuNet or SCRFD, or the manifest of MTCNN's weights`,
      "default",
    )
    .option("--minimum-score <x>", "leave out faces with a lower score; default: what suits the detector", parseNumber)
    .option(
      "--draw <path>",
      "write the picture with its faces drawn: a .jpg or .png, or a folder for several pictures",
    );
  return addSessionOptions(command)
    .option("--json", "print JSON: { faces } for one picture, a line { image, faces } each for several")
    .addHelpText(
      "after",
      `
Boxes and landmarks are in pixels of the upright picture, best face first. The
landmarks are left eye, right eye, tip of the nose, left and right corner of the
mouth, as seen in the picture. A score compares faces of one detector; it is no
probability.

Exit codes: 0 a face in every picture, 1 a picture without a face, 2 an error.

Examples:
  cosface detect party.jpg --draw faces.png
  cosface detect photos/ --json > faces.jsonl
  cosface detect - --json --detector yunet.onnx < photo.jpg`,
    )
    .action((images: string[], flags: Flags) =>
      import("./detect-action.ts")
        .then(({ runDetect }) => runDetect(images, flags))
        .catch((error) => fail(error, FAILED)),
    );
}
