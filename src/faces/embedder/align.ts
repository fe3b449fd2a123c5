/**
 * Alignment: the picture turned, scaled and shifted so that five landmarks come to lie, as nearly as a similarity can
 * bring them, where a network expects them.
 */
import { OptionError } from "../../base/core/index.ts";
import {
  fitSimilarity,
  fitToInput,
  inverseMap,
  type Landmarks,
  landmarkTemplate,
  type RgbImage,
  warpReduced,
} from "../../base/image/index.ts";
import type { EmbedderContract } from "./contract.ts";
import { templateLandmarks } from "./template.ts";

/** An aligned crop's size in pixels, and where the landmarks go in it. */
export type AlignmentTarget = { readonly width: number; readonly height: number; readonly template: Landmarks };

/**
 * What a network's contract asks of an aligned crop.
 * @throws {OptionError} for a network that takes faces as they are, without alignment.
 */
export function alignmentTarget({
  inputSize,
  template,
}: Pick<EmbedderContract, "inputSize" | "template">): AlignmentTarget {
  const [height, width] = inputSize;
  const points = templateLandmarks(template, inputSize);
  if (points === undefined) {
    throw new OptionError(
      "align: this model's template is 'none': give the one that it was trained with by --template",
    );
  }
  return { width, height, template: points };
}

/**
 * The aligned crop of a face: Umeyama's similarity takes the landmarks to the template, and the picture is drawn through
 * its inverse, bilinearly, with black beyond the picture's edge (InsightFace's `norm_crop`).
 *
 * Faces that are more than twice as large in the picture as in the crop are first reduced to the crop's scale, since
 * bilinear interpolation would skip pixels.
 *
 * @throws {OptionError} when the landmarks have no extent, or lie so far apart that no picture holds them.
 */
export async function alignFace(image: RgbImage, landmarks: Landmarks, target: AlignmentTarget): Promise<RgbImage> {
  const { width, height, template } = target;
  const similarity = fitSimilarity(landmarks, template);
  const scale = Math.hypot(similarity.a, similarity.b);
  if (!(scale > 0 && Number.isFinite(scale))) {
    throw new OptionError("alignFace: got landmarks that span no area, expected five different points");
  }
  return warpReduced(image, inverseMap(similarity), { width, height });
}

/**
 * Brings a crop that is aligned to InsightFace's template, at whatever size, to a network's input: cut and scaled where
 * the network has that template too, and drawn anew where it has another.
 */
export async function alignCrop(
  crop: RgbImage,
  contract: Pick<EmbedderContract, "inputSize" | "template">,
): Promise<RgbImage> {
  if (contract.template === "arcface") return fitToInput(crop, ...contract.inputSize);
  return alignFace(crop, landmarkTemplate(crop.width, crop.height), alignmentTarget(contract));
}
