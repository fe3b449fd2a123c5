/**
 * Alignment: the picture turned, scaled and shifted so that five landmarks come to lie, as nearly as a similarity can
 * bring them, where a network expects them.
 */
import { OptionError } from "../core/index.ts";
import { fitToInput, type Landmarks, landmarkTemplate } from "../data/index.ts";
import {
  type AffineMap,
  cropImage,
  fitSimilarity,
  inverseMap,
  type RgbImage,
  resizeImage,
  warpImage,
} from "../image/index.ts";
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

/** Pixels around the crop's place in the picture that are kept, so that interpolation and reduction have neighbors. */
const MARGIN = 4;

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
  const map = inverseMap(similarity);
  if (scale >= 1 / 2) return warpImage(image, map, { width, height });
  const region = regionOf(map, target, image, Math.ceil(MARGIN / scale));
  if (region === undefined) return { width, height, data: new Uint8Array(3 * width * height) };
  const { left, top } = region;
  const part = cropImage(image, left, top, region.width, region.height);
  const reduced = await resizeImage(
    part,
    Math.max(1, Math.round(region.width * scale)),
    Math.max(1, Math.round(region.height * scale)),
  );
  const [scaleX, scaleY] = [reduced.width / region.width, reduced.height / region.height];
  const [a, b, c, d, e, f] = map;
  const reducedMap: AffineMap = [
    a * scaleX,
    b * scaleX,
    (c - left + 0.5) * scaleX - 0.5,
    d * scaleY,
    e * scaleY,
    (f - top + 0.5) * scaleY - 0.5,
  ];
  return warpImage(reduced, reducedMap, { width, height });
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

type Region = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** The part of the picture that a crop is drawn from; undefined when the crop lies outside of it. */
function regionOf(
  [a, b, c, d, e, f]: AffineMap,
  { width, height }: AlignmentTarget,
  image: RgbImage,
  margin: number,
): Region | undefined {
  const corners = [0, width - 1].flatMap((x) => [0, height - 1].map((y) => [a * x + b * y + c, d * x + e * y + f]));
  const range = (axis: 0 | 1, size: number): readonly [number, number] => {
    const places = corners.map((corner) => corner[axis]!);
    return [
      Math.max(0, Math.floor(Math.min(...places)) - margin),
      Math.min(size - 1, Math.ceil(Math.max(...places)) + margin),
    ];
  };
  const [left, right] = range(0, image.width);
  const [top, bottom] = range(1, image.height);
  if (right < left || bottom < top) return undefined;
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}
