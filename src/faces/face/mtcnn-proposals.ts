/**
 * MTCNN's first network: P-Net at every second pixel of a pyramid of the image. It sees squares of 12 pixels, so each
 * level of the pyramid shows it faces of one size, and the next level those 1/0.709 times as large.
 *
 * The network has no borders, so its result for a square depends on nothing else. A level of any size can therefore be
 * cut into tiles of one size, which need one program, and gives the same numbers as in one piece.
 */
import type { Box } from "../../base/image/index.ts";
import { cropImage, type RgbImage, resizeImage } from "../../base/image/index.ts";
import { MTCNN_SIDES, PNET_STRIDE } from "../../compiler/pretrained/index.ts";
import type { Session } from "../../compiler/runtime/index.ts";
import { suppressOverlaps } from "./boxes.ts";
import { floatsOf, numberAt } from "./outputs.ts";
import { closestScale } from "./search.ts";

/** Side of a tile, pixels. */
export const TILE_SIDE = 128;
/** Squares in a row of a tile. */
const TILE_SQUARES = (TILE_SIDE - MTCNN_SIDES.pnet) / PNET_STRIDE + 1;
/** Tiles in one run. */
const BATCH = 16;

/** The values of the paper's code: of scales, of scores, of overlaps in a level and between levels. */
const PYRAMID_FACTOR = 0.709;
const MINIMUM_SCORE = 0.6;
const LEVEL_OVERLAP = 0.5;
const PYRAMID_OVERLAP = 0.7;

/** Distances of a face's left, upper, right and lower edge from those of a box, in widths and heights of the box. */
export type Regression = readonly [left: number, top: number, right: number, bottom: number];
/** A box, and the result of a network of MTCNN for it. */
export type Proposal = { readonly box: Box; readonly score: number; readonly regression: Regression };

type Size = { readonly width: number; readonly height: number };
type Corner = { readonly left: number; readonly top: number };

/** Squares in which P-Net sees faces of at least about `smallestFace` pixels, best first. */
export async function proposeFaces(pnet: Session, image: RgbImage, smallestFace?: number): Promise<Proposal[]> {
  const proposals: Proposal[] = [];
  for (const { width, height } of pyramidSizes(image, closestScale(image, MTCNN_SIDES.pnet, smallestFace))) {
    const level = await resizeImage(image, width, height);
    const found = suppressOverlaps(await squaresOf(pnet, level), LEVEL_OVERLAP);
    const [scaleX, scaleY] = [image.width / width, image.height / height];
    for (const { box, ...rest } of found) {
      // Coordinates are those of a pixel's edge here, and those of its middle in boxes.
      const [x, y] = [box.x * scaleX - 0.5, box.y * scaleY - 0.5];
      proposals.push({ ...rest, box: { x, y, width: box.width * scaleX, height: box.height * scaleY } });
    }
  }
  return suppressOverlaps(proposals, PYRAMID_OVERLAP);
}

/** Sizes of an image from the largest scale down, until it is smaller than P-Net's square. */
export function pyramidSizes({ width, height }: Size, largestScale: number): Size[] {
  const sizes: Size[] = [];
  for (let scale = largestScale; ; scale *= PYRAMID_FACTOR) {
    const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
    if (Math.min(size.width, size.height) < MTCNN_SIDES.pnet) return sizes;
    sizes.push(size);
  }
}

/** Squares of one level with a face in them, (0, 0) the corner of its first pixel. */
export async function squaresOf(pnet: Session, level: RgbImage): Promise<Proposal[]> {
  const tiles = tileCorners(level);
  const found: Proposal[] = [];
  for (let start = 0; start < tiles.length; start += BATCH) {
    const part = tiles.slice(start, start + BATCH);
    const shape = [part.length, TILE_SIDE, TILE_SIDE, 3];
    const data = new Uint8Array(part.length * TILE_SIDE * TILE_SIDE * 3);
    for (const [i, { left, top }] of part.entries()) {
      data.set(cropImage(level, left, top, TILE_SIDE, TILE_SIDE).data, i * TILE_SIDE * TILE_SIDE * 3);
    }
    const outputs = await pnet.run({ pixels: { type: "u8", shape, data } });
    const [scores, regressions] = [floatsOf(outputs, "scores"), floatsOf(outputs, "regressions")];
    for (const [i, score] of scores.entries()) {
      if (!(score >= MINIMUM_SCORE)) continue;
      const tile = part[Math.floor(i / TILE_SQUARES ** 2)];
      if (tile === undefined) break;
      const x = tile.left + PNET_STRIDE * (i % TILE_SQUARES);
      const y = tile.top + PNET_STRIDE * (Math.floor(i / TILE_SQUARES) % TILE_SQUARES);
      const side = MTCNN_SIDES.pnet;
      if (x + side > level.width || y + side > level.height) continue;
      const box = { x, y, width: side, height: side };
      found.push({ box, score, regression: regressionAt(regressions, i) });
    }
  }
  return found;
}

/** Tiles that together have each square of a level once. */
function tileCorners({ width, height }: Size): Corner[] {
  const step = TILE_SQUARES * PNET_STRIDE;
  const starts = (size: number) =>
    Array.from({ length: Math.floor((size - MTCNN_SIDES.pnet) / step) + 1 }, (_, i) => i * step);
  return starts(height).flatMap((top) => starts(width).map((left) => ({ left, top })));
}

/** Row `index` of regressions. */
export function regressionAt(regressions: Float32Array, index: number): Regression {
  const at = (edge: number) => numberAt(regressions, 4 * index + edge);
  return [at(0), at(1), at(2), at(3)];
}
