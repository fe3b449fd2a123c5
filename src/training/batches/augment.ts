import { type Random, requireBetween } from "../../base/core/index.ts";
import { type AffineMap, flipInto, scaleMap, warpInto } from "../../base/image/index.ts";
import { areaInto } from "./area-resize.ts";

/**
 * Random changes of a training image that keep the person recognizable. Only the flip is on by default, as in the
 * paper. Stages run in the order of these fields.
 */
export type Augmentation = {
  /** Probability of a mirror image; default 0.5. */
  readonly flip?: number;
  /** A similarity transform about the center, bilinear; pixels at the border are repeated. */
  readonly geometry?: {
    /** Default 1. */
    readonly probability?: number;
    /** Largest shift to each side, as a share of the width or height; default 0. */
    readonly shift?: number;
    /** Largest relative change of size: the factor lies in [1 / (1 + zoom), 1 + zoom]; default 0. */
    readonly zoom?: number;
    /** Largest rotation to each side; default 0. */
    readonly rotationDegrees?: number;
  };
  /** Lower resolution: the image is reduced by a random factor in [1, factor] and enlarged again; default factor 4. */
  readonly blur?: { readonly probability: number; readonly factor?: number };
  /** Largest relative change x of each property: its factor lies in [1 − x, 1 + x]; default 0. */
  readonly color?: {
    /** Default 1. */
    readonly probability?: number;
    readonly brightness?: number;
    /** Relative to the mean luma of the image. */
    readonly contrast?: number;
    readonly saturation?: number;
  };
  /** Probability of a gray image (luma of Rec. 601); default 0. */
  readonly grayscale?: number;
  /** A rectangle in one random color that covers a share of the image within `area`; default [0.02, 0.2]. */
  readonly erase?: { readonly probability: number; readonly area?: readonly [low: number, high: number] };
};

/** Writes the augmented `source` to `target`: both hold width · height RGB pixels and must not overlap. */
export type Augmenter = (source: Uint8Array, target: Uint8Array, random: Random) => void;

/** Rec. 601 luma weights in 1/256; they sum to 256. */
const LUMA_RED = 77;
const LUMA_GREEN = 150;
const LUMA_BLUE = 29;
const DEFAULT_BLUR_FACTOR = 4;
const DEFAULT_ERASE_AREA = [0.02, 0.2] as const;

/**
 * Prepares augmentation for one image size. It runs on the main thread while the network trains on other threads, so it
 * uses plain loops over bytes and allocates its scratch memory once.
 *
 * Every image draws the same number of random numbers whatever stages are enabled, so that enabling one stage does not
 * change the draws of the others.
 *
 * @throws {OptionError} for a probability outside [0, 1] or an amount outside its range.
 */
export function augmenter(augmentation: Augmentation, width: number, height: number): Augmenter {
  const { flip = 0.5, geometry, blur, color, grayscale = 0, erase } = augmentation;
  requireAugmentation(augmentation);
  let front: Uint8Array = new Uint8Array(3 * width * height);
  let back: Uint8Array = new Uint8Array(3 * width * height);
  const small = new Uint8Array(3 * width * height);

  return (source, target, random) => {
    const draw = drawAll(random);
    let current = source;
    const advance = (): void => {
      current = front;
      front = back;
      back = current;
    };
    if (draw.flip < flip) {
      flipInto(current, front, width, height);
      advance();
    }
    if (geometry && draw.geometry < (geometry.probability ?? 1)) {
      const map = similarity(geometry, draw, width, height);
      warpInto({ width, height, data: current }, map, { width, height, data: front }, "edge");
      advance();
    }
    if (blur && draw.blur < blur.probability) {
      const factor = 1 + draw.blurFactor * ((blur.factor ?? DEFAULT_BLUR_FACTOR) - 1);
      const reduced = {
        width: Math.max(1, Math.round(width / factor)),
        height: Math.max(1, Math.round(height / factor)),
        data: small,
      };
      areaInto({ width, height, data: current }, reduced);
      const enlarged = { width, height, data: front };
      warpInto(reduced, scaleMap(reduced, enlarged), enlarged, "edge");
      advance();
    }
    const hasColor = color !== undefined && draw.color < (color.probability ?? 1);
    const isGray = draw.grayscale < grayscale;
    if (hasColor || isGray) {
      const factor = (unit: number, change: number): number => (hasColor ? 1 + (2 * unit - 1) * change : 1);
      recolor(current, target, {
        brightness: factor(draw.brightness, color?.brightness ?? 0),
        contrast: factor(draw.contrast, color?.contrast ?? 0),
        saturation: isGray ? 0 : factor(draw.saturation, color?.saturation ?? 0),
      });
    } else {
      target.set(current);
    }
    if (erase && draw.erase < erase.probability) {
      eraseRectangle(target, width, height, erase.area ?? DEFAULT_ERASE_AREA, draw);
    }
  };
}

type Draw = ReturnType<typeof drawAll>;

/** All random numbers of an image, each in [0, 1). */
function drawAll(random: Random) {
  const unit = (): number => random.uniform();
  return {
    flip: unit(),
    geometry: unit(),
    shiftX: unit(),
    shiftY: unit(),
    zoom: unit(),
    rotation: unit(),
    blur: unit(),
    blurFactor: unit(),
    color: unit(),
    brightness: unit(),
    contrast: unit(),
    saturation: unit(),
    grayscale: unit(),
    erase: unit(),
    eraseArea: unit(),
    eraseAspect: unit(),
    eraseX: unit(),
    eraseY: unit(),
    eraseRed: unit(),
    eraseGreen: unit(),
    eraseBlue: unit(),
  };
}

/** The map from a pixel of the result to the source: p ↦ R(−angle)(p − center − shift) / factor + center. */
function similarity(
  { shift = 0, zoom = 0, rotationDegrees = 0 }: NonNullable<Augmentation["geometry"]>,
  draw: Draw,
  width: number,
  height: number,
): AffineMap {
  const angle = ((2 * draw.rotation - 1) * rotationDegrees * Math.PI) / 180;
  const factor = (1 + zoom) ** (2 * draw.zoom - 1);
  const cos = Math.cos(angle) / factor;
  const sin = Math.sin(angle) / factor;
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  const fromX = middleX + (2 * draw.shiftX - 1) * shift * width;
  const fromY = middleY + (2 * draw.shiftY - 1) * shift * height;
  return [cos, sin, middleX - cos * fromX - sin * fromY, -sin, cos, middleY + sin * fromX - cos * fromY];
}

/**
 * Brightness b, contrast c and saturation s in one pass. With the pixel's luma y and the image's mean luma ȳ:
 * v ↦ b · (c · (s·v + (1 − s)·y) + (1 − c)·ȳ), rounded and clamped to 0–255, in 16-bit fixed point.
 */
function recolor(
  source: Uint8Array,
  target: Uint8Array,
  factors: { readonly brightness: number; readonly contrast: number; readonly saturation: number },
): void {
  const { brightness, contrast, saturation } = factors;
  const ofValue = Math.round(65536 * brightness * contrast * saturation);
  const ofLuma = Math.round((65536 / 256) * brightness * contrast * (1 - saturation));
  const mean = contrast === 1 ? 0 : meanLuma(source);
  const offset = Math.round(65536 * brightness * (1 - contrast) * mean) + 32768;
  for (let i = 0; i < source.length; i += 3) {
    const red = source[i]!;
    const green = source[i + 1]!;
    const blue = source[i + 2]!;
    const luma = Math.imul(LUMA_RED, red) + Math.imul(LUMA_GREEN, green) + Math.imul(LUMA_BLUE, blue);
    const base = (Math.imul(ofLuma, luma) + offset) | 0;
    target[i] = clampToByte((base + Math.imul(ofValue, red)) >> 16);
    target[i + 1] = clampToByte((base + Math.imul(ofValue, green)) >> 16);
    target[i + 2] = clampToByte((base + Math.imul(ofValue, blue)) >> 16);
  }
}

function meanLuma(pixels: Uint8Array): number {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let i = 0; i < pixels.length; i += 3) {
    red += pixels[i]!;
    green += pixels[i + 1]!;
    blue += pixels[i + 2]!;
  }
  return (LUMA_RED * red + LUMA_GREEN * green + LUMA_BLUE * blue) / 256 / (pixels.length / 3);
}

function clampToByte(value: number): number {
  return Math.min(Math.max(value, 0), 255);
}

/** Fills a rectangle of a random area, with sides in a ratio of 1:2 to 2:1, at a random position, with one color. */
function eraseRectangle(
  pixels: Uint8Array,
  width: number,
  height: number,
  [low, high]: readonly [number, number],
  draw: Draw,
): void {
  const area = (low + (high - low) * draw.eraseArea) * width * height;
  const aspect = 2 ** (2 * draw.eraseAspect - 1);
  const wide = Math.min(width, Math.max(1, Math.round(Math.sqrt(area * aspect))));
  const tall = Math.min(height, Math.max(1, Math.round(Math.sqrt(area / aspect))));
  const left = Math.floor(draw.eraseX * (width - wide + 1));
  const top = Math.floor(draw.eraseY * (height - tall + 1));
  const [red, green, blue] = [256 * draw.eraseRed, 256 * draw.eraseGreen, 256 * draw.eraseBlue];
  for (let y = top; y < top + tall; y++) {
    const end = 3 * (y * width + left + wide);
    for (let i = 3 * (y * width + left); i < end; i += 3) {
      pixels[i] = red;
      pixels[i + 1] = green;
      pixels[i + 2] = blue;
    }
  }
}

function requireAugmentation({ flip, geometry, blur, color, grayscale, erase }: Augmentation): void {
  const inUnit = {
    flip,
    grayscale,
    "geometry.probability": geometry?.probability,
    "geometry.shift": geometry?.shift,
    "geometry.zoom": geometry?.zoom,
    "blur.probability": blur?.probability,
    "color.probability": color?.probability,
    "color.brightness": color?.brightness,
    "color.contrast": color?.contrast,
    "color.saturation": color?.saturation,
    "erase.probability": erase?.probability,
    "erase.area": erase?.area?.[1],
  };
  for (const [name, value] of Object.entries(inUnit)) requireBetween(`augmentation: ${name}`, value ?? 0, 0, 1);
  requireBetween("augmentation: geometry.rotationDegrees", geometry?.rotationDegrees ?? 0, 0, 180);
  requireBetween("augmentation: blur.factor", blur?.factor ?? DEFAULT_BLUR_FACTOR, 1, 16);
  if (erase?.area) requireBetween("augmentation: erase.area[0]", erase.area[0], 0, erase.area[1]);
}
