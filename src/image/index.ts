export { decodeImage, type ImageFormat, imageFormat } from "./decode.ts";
export type { DecodeLimits } from "./image-size.ts";
export { type PlaneFormat, writePlanes } from "./planes.ts";
export { resizeImage } from "./resize.ts";
export type { RgbImage } from "./rgb-image.ts";
export { type EncodeOptions, encodeImage, type ImageLibrary, imageLibrary, rasterizeSvg } from "./sharp.ts";
export { applySimilarity, fitSimilarity, inverseMap, type Point, type Similarity } from "./similarity.ts";
export { cropImage, flipImage, flipInto, padImage } from "./transform.ts";
export { type AffineMap, type Border, scaleMap, warpImage, warpInto } from "./warp.ts";
