import { resizeImage } from "./resize.ts";
import type { RgbImage } from "./rgb-image.ts";
import { cropImage } from "./transform.ts";
import { type AffineMap, warpImage } from "./warp.ts";

/** Largest reduction by interpolation between four neighbors; larger ones would skip pixels. */
const LARGEST_REDUCTION = 2;
/** Pixels of the result kept around its region of the image, so that interpolation and reduction have neighbors. */
const MARGIN = 4;

/**
 * Draws an image through a similarity (rotation, scale and shift, as an affine map from the result to the image) of any
 * scale, with black beyond the image's edge: as `warpImage`, but for a large reduction the visible region of the image
 * is first reduced to the result's scale.
 */
export async function warpReduced(
  image: RgbImage,
  map: AffineMap,
  size: { readonly width: number; readonly height: number },
): Promise<RgbImage> {
  const [a, b, c, d, e, f] = map;
  const reduction = Math.hypot(a, d);
  if (reduction <= LARGEST_REDUCTION) return warpImage(image, map, size);
  const region = visibleRegion(map, size, image, Math.ceil(MARGIN * reduction));
  if (region === undefined) return { ...size, data: new Uint8Array(3 * size.width * size.height) };
  const { left, top, width, height } = region;
  const reduced = await resizeImage(
    cropImage(image, left, top, width, height),
    Math.max(1, Math.round(width / reduction)),
    Math.max(1, Math.round(height / reduction)),
  );
  const [scaleX, scaleY] = [reduced.width / width, reduced.height / height];
  const reducedMap: AffineMap = [
    a * scaleX,
    b * scaleX,
    (c - left + 0.5) * scaleX - 0.5,
    d * scaleY,
    e * scaleY,
    (f - top + 0.5) * scaleY - 0.5,
  ];
  return warpImage(reduced, reducedMap, size);
}

type Region = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** The region of the image that the result is drawn from; undefined if the result shows nothing of the image. */
function visibleRegion(
  [a, b, c, d, e, f]: AffineMap,
  { width, height }: { readonly width: number; readonly height: number },
  image: RgbImage,
  margin: number,
): Region | undefined {
  const corners = [0, width - 1].flatMap((x) => [0, height - 1].map((y) => ({ x, y })));
  const range = (positions: readonly number[], size: number): readonly [number, number] => [
    Math.max(0, Math.floor(Math.min(...positions)) - margin),
    Math.min(size - 1, Math.ceil(Math.max(...positions)) + margin),
  ];
  const [left, right] = range(
    corners.map(({ x, y }) => a * x + b * y + c),
    image.width,
  );
  const [top, bottom] = range(
    corners.map(({ x, y }) => d * x + e * y + f),
    image.height,
  );
  if (right < left || bottom < top) return undefined;
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}
