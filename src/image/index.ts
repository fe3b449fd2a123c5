export { decodeImage, type ImageFormat, imageFormat } from "./decode.ts";
export type { DecodeLimits } from "./image-size.ts";
export type { RgbImage } from "./rgb-image.ts";
export { type EncodeOptions, encodeImage, resizeImage } from "./sharp.ts";
export { cropImage, flipImage, flipInto } from "./transform.ts";
export { type AffineMap, type Border, warpImage, warpInto } from "./warp.ts";
