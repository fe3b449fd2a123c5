import { requireInteger } from "../core/index.ts";
import { requireImage } from "./require-image.ts";
import { resizeImage } from "./resize.ts";
import type { RgbImage } from "./rgb-image.ts";
import { cropImage } from "./transform.ts";

/**
 * Fits an aligned crop to the input size of a network, so that the landmarks match the network's template. Templates of
 * different sizes differ by a scale, which the height gives, and by a shift of the columns about the vertical middle:
 * the 112×96 template is the 112×112 one shifted by 8 columns. So the whole height is kept, columns are cut off (or
 * the outermost column is repeated) equally on both sides, and the rest is scaled by height / image.height:
 *
 *   112×112 → 112×96   columns 8 … 103, no pixel changed
 *   112×112 → 64×64    scaled
 *   112×112 → 56×48    columns 8 … 103, scaled
 *   112×96 → 112×112   8 columns repeated on either side
 *
 * If the number of surplus columns is odd, the left side loses one less.
 */
export async function fitToInput(image: RgbImage, height: number, width: number): Promise<RgbImage> {
  requireImage(image);
  requireInteger("height", height, 1);
  requireInteger("width", width, 1);
  const keptWidth = Math.max(1, Math.round((width * image.height) / height));
  const left = Math.floor((image.width - keptWidth) / 2);
  const cut = keptWidth === image.width ? image : cropImage(image, left, 0, keptWidth, image.height);
  return resizeImage(cut, width, height);
}
