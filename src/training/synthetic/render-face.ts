import {
  describeValue,
  OptionError,
  random,
  requireBetween,
  requireInteger,
  requireObject,
} from "../../base/core/index.ts";
import type { Landmarks, RgbImage } from "../../base/image/index.ts";
import { type ConditionOverrides, drawConditions, type FaceConditions, override } from "./conditions.ts";
import type { Identity } from "./identity.ts";
import { photograph } from "./photograph.ts";
import { Portrait, placeLandmarks } from "./portrait.ts";
import { createCanvas, drawBackground } from "./surroundings.ts";
import { alignToTemplate } from "./template.ts";

/** Default strength of the variation between images. */
export const DEFAULT_DIFFICULTY = 0.5;

/** Options of {@link renderFace}; conditions that are not given are drawn from `seed` at `difficulty`. */
export type RenderFaceOptions = ConditionOverrides & {
  /** Pixels, default 112. */
  readonly width?: number;
  /** Pixels, default 112. */
  readonly height?: number;
  /** Seed of the conditions, default 0. */
  readonly seed?: number;
  /** Strength of all variation, 0 (neutral) to 1, default 0.5. */
  readonly difficulty?: number;
};

/** An image and its five landmarks in pixels. */
export type RenderedFace = { readonly image: RgbImage; readonly landmarks: Landmarks };

/**
 * Draws an aligned crop of a person: the landmarks lie on the template of the size of the crop (see `landmarkTemplate`)
 * as far as the proportions and pose of the person allow, with the small deviation in `placement`. The same arguments
 * give the same bytes on every machine.
 *
 * @throws {OptionError} for a value that is not a person, and an option out of range.
 */
export function renderFace(identity: Identity, options: RenderFaceOptions = {}): RenderedFace {
  if (typeof identity !== "object" || identity === null || !("chinDrop" in identity)) {
    throw new OptionError(
      `identity: got ${describeValue(identity)}, expected what syntheticIdentity(seed, index) makes`,
    );
  }
  requireObject("options of renderFace", options);
  const { width = 112, height = 112, seed = 0, difficulty = DEFAULT_DIFFICULTY } = options;
  requireBetween("difficulty", difficulty, 0, 1);
  const drawn = drawConditions(random(seed, "renderFace"), difficulty);
  return renderConditions(identity, override(drawn, options), { width, height });
}

/** Draws an aligned crop of a person under the given conditions. */
export function renderConditions(
  identity: Identity,
  conditions: FaceConditions,
  { width, height }: { readonly width: number; readonly height: number },
): RenderedFace {
  requireInteger("width", width, 8);
  requireInteger("height", height, 8);
  const portrait = new Portrait(identity, conditions);
  const placement = alignToTemplate(portrait.landmarks, conditions.placement, { width, height });
  const canvas = createCanvas(width, height);
  drawBackground(canvas, conditions.background);
  portrait.draw(canvas, placement);
  const image = photograph(canvas, conditions.photo, height / 112, conditions.background.seed);
  return { image, landmarks: placeLandmarks(portrait.landmarks, placement) };
}
