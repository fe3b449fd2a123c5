import { resizeImage } from "./resize.ts";
import type { RgbImage } from "./rgb-image.ts";
import { cropImage } from "./transform.ts";
import { type AffineMap, warpImage } from "./warp.ts";

/** A reduction by more skips pixels when it is interpolated between four neighbors. */
const LARGEST_REDUCTION = 2;
/** Pixels of the result around its place in the picture that are kept, so that interpolation and reduction have neighbors. */
const MARGIN = 4;

/**
 * Draws a picture through a similarity (turn, scale and shift, as an affine map from the result to the picture), whatever
 * its scale, with black beyond the picture's edge: as `warpImage`, but for a large reduction the part of the picture that
 * is seen is first reduced to the result's scale.
 */
export async function warpReduced(
  image: RgbImage,
  map: AffineMap,
  size: { readonly width: number; readonly height: number },
): Promise<RgbImage> {
  const [a, b, c, d, e, f] = map;
  const reduction = Math.hypot(a, d);
  if (reduction <= LARGEST_REDUCTION) return warpImage(image, map, size);
  const region = seenRegion(map, size, image, Math.ceil(MARGIN * reduction));
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

/** The part of the picture that the result is drawn from; undefined when it lies outside of it. */
function seenRegion(
  [a, b, c, d, e, f]: AffineMap,
  { width, height }: { readonly width: number; readonly height: number },
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
