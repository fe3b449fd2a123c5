/**
 * Finds faces of every size in a picture of any size, with a network that looks at pictures of one size. The whole picture
 * is looked at first, reduced until it fits. A larger picture is then looked at again, twice as large each time, in tiles
 * that overlap; so a face that is too small in one look is large enough in another, and one that a tile cuts lies whole in
 * its neighbor or in the look before.
 */
import { cropImage, type RgbImage, resizeImage } from "../../base/image/index.ts";
import { suppressOverlaps } from "./boxes.ts";
import type { Candidate, CandidateNetwork } from "./candidate.ts";
import { mapLandmarks } from "./landmarks.ts";

/** A closer look is taken where it shows the picture at least so many times larger than the last one. */
const WORTH_A_LOOK = 1.5;
/** Share of a tile's side that it has in common with its neighbor. */
const TILE_OVERLAP = 0.25;
/** Boxes that overlap by more are of one face (the networks' own value is 0.3 to 0.5). */
const MAXIMUM_OVERLAP = 0.4;

/** Faces that nobody asked for by size: those of at least so many pixels, and of at least this share of the longest side. */
const SMALLEST_PIXELS = 32;
const SMALLEST_SHARE = 1 / 96;
/** Enlarged further, a picture shows a network nothing new. */
const LARGEST_ENLARGEMENT = 2;

/**
 * Candidates with at least `minimumScore`, one a face, highest score first, in pixels of the picture. Closer looks are
 * taken until the network finds faces of about `smallestFace` pixels.
 */
export async function searchFaces<T extends Candidate>(
  network: CandidateNetwork<T>,
  image: RgbImage,
  minimumScore: number,
  smallestFace?: number,
): Promise<T[]> {
  const longest = Math.max(image.width, image.height);
  const closest = longest * closestScale(image, network.smallestFace, smallestFace);
  const found: T[] = [];
  let size = Math.min(longest, network.side);
  for (;;) {
    found.push(...(await lookAt(network, image, size, minimumScore)));
    if (closest < WORTH_A_LOOK * size) break;
    size = Math.round(Math.min(closest, 2 * size));
  }
  return suppressOverlaps(found, MAXIMUM_OVERLAP);
}

/**
 * The scale at which a face of `smallestFace` pixels of the picture is as large as the smallest one that a network finds,
 * `networkFace` pixels.
 */
export function closestScale({ width, height }: RgbImage, networkFace: number, smallestFace?: number): number {
  const wanted = smallestFace ?? Math.max(SMALLEST_PIXELS, Math.max(width, height) * SMALLEST_SHARE);
  return Math.min(networkFace / wanted, LARGEST_ENLARGEMENT);
}

/** One look at the picture, its longest side reduced to `size`, in as many tiles as the network needs. */
async function lookAt<T extends Candidate>(
  network: CandidateNetwork<T>,
  image: RgbImage,
  size: number,
  minimumScore: number,
): Promise<T[]> {
  const scale = size / Math.max(image.width, image.height);
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const reduced = scale === 1 ? image : await resizeImage(image, width, height);
  const found: T[] = [];
  for (const top of tileStarts(height, network.side)) {
    for (const left of tileStarts(width, network.side)) {
      const tile = { left, top, width: Math.min(width, network.side), height: Math.min(height, network.side) };
      const isWhole = tile.width === width && tile.height === height;
      const part = isWhole ? reduced : cropImage(reduced, left, top, tile.width, tile.height);
      for (const candidate of await network.find(part, minimumScore)) {
        if (isCut(candidate, tile, { width, height })) continue;
        found.push(mapCandidate(candidate, left, top, image.width / width, image.height / height));
      }
    }
  }
  return found;
}

/** Where tiles of a side start so that they cover a length and overlap evenly. */
export function tileStarts(length: number, side: number): number[] {
  if (length <= side) return [0];
  const count = Math.ceil((length - side) / (side * (1 - TILE_OVERLAP))) + 1;
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - side)) / (count - 1)));
}

type Tile = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** Whether a box reaches an edge of its tile beyond which the picture goes on. */
function isCut({ box }: Candidate, tile: Tile, picture: { readonly width: number; readonly height: number }): boolean {
  return (
    (box.x <= 0 && tile.left > 0) ||
    (box.y <= 0 && tile.top > 0) ||
    (box.x + box.width >= tile.width && tile.left + tile.width < picture.width) ||
    (box.y + box.height >= tile.height && tile.top + tile.height < picture.height)
  );
}

/** From pixels of a tile to pixels of the picture; a pixel's coordinates are those of its middle. */
function mapCandidate<T extends Candidate>(found: T, left: number, top: number, scaleX: number, scaleY: number): T {
  const mapX = (x: number) => (x + left + 0.5) * scaleX - 0.5;
  const mapY = (y: number) => (y + top + 0.5) * scaleY - 0.5;
  const { box, landmarks } = found;
  return {
    ...found,
    box: { x: mapX(box.x), y: mapY(box.y), width: box.width * scaleX, height: box.height * scaleY },
    ...(landmarks === undefined ? {} : { landmarks: mapLandmarks(landmarks, ([x, y]) => [mapX(x), mapY(y)]) }),
  };
}
