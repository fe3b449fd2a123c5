/**
 * Alignment: the image is rotated, scaled and shifted so that its five landmarks come as near as a similarity allows to
 * the points where a network expects them.
 */
import { OptionError, requireFields } from "../../base/core/index.ts";
import {
  fitSimilarity,
  fitToInput,
  inverseMap,
  type Landmarks,
  landmarkTemplate,
  type RgbImage,
  requireImage,
  warpReduced,
} from "../../base/image/index.ts";
import type { EmbedderContract } from "./contract.ts";
import { templateLandmarks } from "./template.ts";

/** Size of an aligned crop in pixels, and the positions of the landmarks in it. */
export type AlignmentTarget = { readonly width: number; readonly height: number; readonly template: Landmarks };

/**
 * The alignment that a network's contract asks for.
 * @throws {OptionError} for a network that takes faces without alignment.
 */
export function alignmentTarget(contract: Pick<EmbedderContract, "inputSize" | "template">): AlignmentTarget {
  requireFields("contract", contract, { inputSize: "a list" });
  const { inputSize, template } = contract;
  const [height, width] = inputSize;
  const points = templateLandmarks(template, inputSize);
  if (points === undefined) {
    throw new OptionError(
      "this model's template is 'none', so that no face can be aligned for it: give the one that it was trained with by --template",
    );
  }
  return { width, height, template: points };
}

/**
 * The aligned crop of a face: Umeyama's similarity maps the landmarks to the template, and the image is sampled through
 * its inverse, bilinearly, with black beyond the image's edge (InsightFace's `norm_crop`).
 *
 * Faces that are more than twice as large in the image as in the crop are first reduced to the crop's scale, since
 * bilinear interpolation would skip pixels.
 *
 * @throws {OptionError} when the landmarks have no extent, or lie so far apart that no image holds them.
 */
export async function alignFace(image: RgbImage, landmarks: Landmarks, target: AlignmentTarget): Promise<RgbImage> {
  requireImage(image);
  const { width, height, template } = target;
  const similarity = fitSimilarity(landmarks, template);
  const scale = Math.hypot(similarity.a, similarity.b);
  if (!(scale > 0 && Number.isFinite(scale))) {
    throw new OptionError("got landmarks that span no area, expected five different points");
  }
  return warpReduced(image, inverseMap(similarity), { width, height });
}

/**
 * Fits a crop that is aligned to InsightFace's template, of any size, to a network's input: cropped and scaled if the
 * network has the same template, and aligned again if it has another.
 */
export async function alignCrop(
  crop: RgbImage,
  contract: Pick<EmbedderContract, "inputSize" | "template">,
): Promise<RgbImage> {
  requireImage(crop);
  requireFields("contract", contract, { inputSize: "a list" });
  if (contract.template === "arcface") return fitToInput(crop, ...contract.inputSize);
  return alignFace(crop, landmarkTemplate(crop.width, crop.height), alignmentTarget(contract));
}
