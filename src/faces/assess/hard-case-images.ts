/** The faces of hard cases as small images, cut with some of their surroundings, which help a person to judge. */
import { decodeImage, encodeImage } from "../../base/image/index.ts";
import { type AlignmentTarget, alignFace, alignmentTarget } from "../embedder/index.ts";
import type { FacePipeline } from "../face/index.ts";
import type { MeasuredImage } from "./check-folder.ts";
import { readBytes } from "./survey-folder.ts";

/** Side of an image in pixels. */
const SIDE = 224;
/** Share of the image that the network's crop fills. */
const CROP_SHARE = 0.72;
const QUALITY = 82;

/** The face of a photograph as a data URI of a JPEG image. @param isWhole the photograph is a crop already. */
export async function faceImage(image: MeasuredImage, faces: FacePipeline, isWhole: boolean): Promise<string> {
  const photograph = await decodeImage(await readBytes(image));
  const crop = await alignFace(photograph, image.facts.landmarks, cropTarget(faces, isWhole ? 1 : CROP_SHARE));
  const bytes = Buffer.from(await encodeImage(crop, { format: "jpeg", quality: QUALITY }));
  return `data:image/jpeg;base64,${bytes.toString("base64")}`;
}

/** The network's template, scaled into the middle of the image. */
function cropTarget({ embedder }: FacePipeline, share: number): AlignmentTarget {
  const { width, height, template } = alignmentTarget(embedder.contract);
  const scale = (share * SIDE) / Math.max(width, height);
  const [left, top] = [(SIDE - scale * width) / 2, (SIDE - scale * height) / 2];
  const [a, b, c, d, e] = template;
  const move = ([x, y]: (typeof template)[number]) => [left + scale * x, top + scale * y] as const;
  return { width: SIDE, height: SIDE, template: [move(a), move(b), move(c), move(d), move(e)] };
}
