/**
 * MTCNN's first look: P-Net at every second pixel of a pyramid of the picture. It sees squares of 12 pixels, so each level
 * of the pyramid shows it faces of one size, and the next level those 1/0.709 times as large.
 *
 * The network has no borders, so what it says of a square depends on nothing else. A level of any size can therefore be
 * cut into tiles of one size, which need one program, and gives the same numbers as in one piece.
 */
import type { Box } from "../../base/image/index.ts";
import { cropImage, type RgbImage, resizeImage } from "../../base/image/index.ts";
import { MTCNN_SIDES, PNET_STRIDE } from "../../compiler/pretrained/index.ts";
import type { Session } from "../../compiler/runtime/index.ts";
import { suppressOverlaps } from "./boxes.ts";
import { closestScale } from "./search.ts";

/** Side of a tile, pixels. */
export const TILE_SIDE = 128;
/** Squares in a row of a tile. */
const TILE_PLACES = (TILE_SIDE - MTCNN_SIDES.pnet) / PNET_STRIDE + 1;
/** Tiles in one run. */
const BATCH = 16;

/** The values of the paper's code: of scales, of scores, of overlaps in a level and between levels. */
const PYRAMID_FACTOR = 0.709;
const MINIMUM_SCORE = 0.6;
const LEVEL_OVERLAP = 0.5;
const PYRAMID_OVERLAP = 0.7;

/** How far the left, upper, right and lower edge of a face are from those of a box, in widths and heights of the box. */
export type Regression = readonly [left: number, top: number, right: number, bottom: number];
/** A box that a network of MTCNN looked at, and what it said. */
export type Proposal = { readonly box: Box; readonly score: number; readonly regression: Regression };

type Size = { readonly width: number; readonly height: number };
type Place = { readonly left: number; readonly top: number };

/** Where P-Net sees faces of at least about `smallestFace` pixels, best first. */
export async function proposeFaces(pnet: Session, image: RgbImage, smallestFace?: number): Promise<Proposal[]> {
  const proposals: Proposal[] = [];
  for (const { width, height } of pyramidSizes(image, closestScale(image, MTCNN_SIDES.pnet, smallestFace))) {
    const level = await resizeImage(image, width, height);
    const found = suppressOverlaps(await lookAt(pnet, level), LEVEL_OVERLAP);
    const [scaleX, scaleY] = [image.width / width, image.height / height];
    for (const { box, ...rest } of found) {
      // A place is a pixel's edge here, and its middle in boxes.
      const [x, y] = [box.x * scaleX - 0.5, box.y * scaleY - 0.5];
      proposals.push({ ...rest, box: { x, y, width: box.width * scaleX, height: box.height * scaleY } });
    }
  }
  return suppressOverlaps(proposals, PYRAMID_OVERLAP);
}

/** Sizes of a picture from the largest scale down, until it is smaller than what P-Net sees. */
export function pyramidSizes({ width, height }: Size, largestScale: number): Size[] {
  const sizes: Size[] = [];
  for (let scale = largestScale; ; scale *= PYRAMID_FACTOR) {
    const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
    if (Math.min(size.width, size.height) < MTCNN_SIDES.pnet) return sizes;
    sizes.push(size);
  }
}

/** Squares of one level with a face in them, (0, 0) the corner of its first pixel. */
export async function lookAt(pnet: Session, level: RgbImage): Promise<Proposal[]> {
  const tiles = tilePlaces(level);
  const found: Proposal[] = [];
  for (let start = 0; start < tiles.length; start += BATCH) {
    const part = tiles.slice(start, start + BATCH);
    const shape = [part.length, TILE_SIDE, TILE_SIDE, 3];
    const data = new Uint8Array(part.length * TILE_SIDE * TILE_SIDE * 3);
    for (const [i, { left, top }] of part.entries()) {
      data.set(cropImage(level, left, top, TILE_SIDE, TILE_SIDE).data, i * TILE_SIDE * TILE_SIDE * 3);
    }
    const { scores, regressions } = await pnet.run({ pixels: { type: "u8", shape, data } });
    for (const [i, score] of (scores!.data as Float32Array).entries()) {
      if (!(score >= MINIMUM_SCORE)) continue;
      const tile = part[Math.floor(i / TILE_PLACES ** 2)]!;
      const x = tile.left + PNET_STRIDE * (i % TILE_PLACES);
      const y = tile.top + PNET_STRIDE * (Math.floor(i / TILE_PLACES) % TILE_PLACES);
      const side = MTCNN_SIDES.pnet;
      if (x + side > level.width || y + side > level.height) continue;
      const box = { x, y, width: side, height: side };
      found.push({ box, score, regression: regressionAt(regressions!.data as Float32Array, i) });
    }
  }
  return found;
}

/** Tiles that together have each square of a level once. */
function tilePlaces({ width, height }: Size): Place[] {
  const step = TILE_PLACES * PNET_STRIDE;
  const starts = (size: number) =>
    Array.from({ length: Math.floor((size - MTCNN_SIDES.pnet) / step) + 1 }, (_, i) => i * step);
  return starts(height).flatMap((top) => starts(width).map((left) => ({ left, top })));
}

/** Row `index` of regressions. */
export function regressionAt(regressions: Float32Array, index: number): Regression {
  const [left, top, right, bottom] = regressions.subarray(4 * index, 4 * index + 4);
  return [left!, top!, right!, bottom!];
}
