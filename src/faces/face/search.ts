/**
 * Finds faces of every size in an image of any size, with a network for images of one size. It first sees the whole
 * image, reduced until it fits. A larger image is then shown again, twice as large each time, in tiles that overlap; so
 * a face that is too small in one pass is large enough in another, and a face that a tile cuts lies whole in the
 * neighboring tile or in the pass before.
 */
import { cropImage, type RgbImage, resizeImage } from "../../base/image/index.ts";
import { suppressOverlaps } from "./boxes.ts";
import type { Candidate, CandidateNetwork } from "./candidate.ts";
import { mapLandmarks } from "./landmarks.ts";

/** Another pass is made where it shows the image at least this many times larger than the last one. */
const WORTH_A_PASS = 1.5;
/** Share of a tile's side that the neighboring tile covers too. */
const TILE_OVERLAP = 0.25;
/** Boxes that overlap by more show one face (the networks' own value is 0.3 to 0.5). */
const MAXIMUM_OVERLAP = 0.4;

/**
 * The smallest face by default: this many pixels, and this share of the square root of the image's area. The number of
 * tiles is then bounded, and a panorama is not searched more coarsely than a photograph of as many pixels.
 */
const SMALLEST_PIXELS = 32;
const SMALLEST_SHARE = 1 / 83;
/** Enlarged further, an image shows a network nothing new. */
const LARGEST_ENLARGEMENT = 2;

/**
 * Candidates with at least `minimumScore`, one a face, highest score first, in pixels of the image. Passes are made
 * until the network finds faces of about `smallestFace` pixels.
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
    found.push(...(await passAt(network, image, size, minimumScore)));
    if (closest < WORTH_A_PASS * size) break;
    size = Math.round(Math.min(closest, 2 * size));
  }
  return suppressOverlaps(found, MAXIMUM_OVERLAP);
}

/**
 * The scale at which a face of `smallestFace` pixels of the image is as large as the smallest one that a network finds,
 * `networkFace` pixels.
 */
export function closestScale({ width, height }: RgbImage, networkFace: number, smallestFace?: number): number {
  const wanted = smallestFace ?? Math.max(SMALLEST_PIXELS, Math.sqrt(width * height) * SMALLEST_SHARE);
  return Math.min(networkFace / wanted, LARGEST_ENLARGEMENT);
}

/** One pass over the image, its longest side reduced to `size`, in as many tiles as the network needs. */
async function passAt<T extends Candidate>(
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

/** First pixels of tiles that cover a length and overlap evenly. */
export function tileStarts(length: number, side: number): number[] {
  if (length <= side) return [0];
  const count = Math.ceil((length - side) / (side * (1 - TILE_OVERLAP))) + 1;
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - side)) / (count - 1)));
}

type Tile = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** Whether a box reaches an edge of its tile beyond which the image continues. */
function isCut({ box }: Candidate, tile: Tile, image: { readonly width: number; readonly height: number }): boolean {
  return (
    (box.x <= 0 && tile.left > 0) ||
    (box.y <= 0 && tile.top > 0) ||
    (box.x + box.width >= tile.width && tile.left + tile.width < image.width) ||
    (box.y + box.height >= tile.height && tile.top + tile.height < image.height)
  );
}

/** From pixels of a tile to pixels of the image; a pixel's coordinates are those of its middle. */
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
