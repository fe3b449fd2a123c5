/**
 * Images: decode, encode, resize, crop, flip, warp; boxes and landmarks.
 *
 * @module cosface/image
 */
export {
  type AffineMap,
  applySimilarity,
  type Border,
  type Box,
  cropImage,
  type DecodeLimits,
  decodeImage,
  type EncodeOptions,
  encodeImage,
  fitSimilarity,
  fitToInput,
  flipImage,
  type ImageFormat,
  type ImageLibrary,
  imageFormat,
  imageLibrary,
  inverseMap,
  type Landmarks,
  landmarkTemplate,
  type Point,
  type RgbImage,
  rasterizeSvg,
  resizeImage,
  type Similarity,
  scaleMap,
  setDecodeLimits,
  warpImage,
} from "./base/image/index.ts";
