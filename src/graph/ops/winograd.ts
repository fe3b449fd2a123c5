/**
 * Convolution with a 3×3 kernel by Winograd's minimal filtering F(4×4, 3×3): a tile of 4×4 outputs takes 36
 * multiplications a channel instead of 144 (Winograd 1980; for networks Lavin & Gray, CVPR 2016). With d the 6×6 pixels
 * that a tile sees and g the kernel,
 *
 *   y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A,
 *
 * and summed over channels the ⊙ is 36 matrix products, one for each place of the tile. The gradient of the weights runs
 * the same form backwards, Gᵀ[Σ (A dy Aᵀ) ⊙ (Bᵀ d B)]G; that of the pictures is a convolution again.
 *
 * Everything is written with ops that ONNX Runtime has. A transform of pictures is a convolution of single channels that
 * moves from tile to tile, with the transform itself as its 36 kernels. The numbers ±2, ±1, 0 where the polynomials are
 * evaluated cost accuracy: errors are some 10⁻⁵ of the largest output, where the direct sum has 10⁻⁶ to 10⁻⁷.
 */
import type { OnnxEmitter } from "../op.ts";
import { emitReshape, emitTranspose } from "./emit-layout.ts";

/** Outputs of a tile, in each direction. */
export const OUTPUTS = 4;
/** Taps of the kernel, in each direction. */
export const TAPS = 3;
/** Pixels that a tile sees, and places where products are taken, in each direction. */
export const PLACES = OUTPUTS + TAPS - 1;

export type Matrix = readonly (readonly number[])[];

/** Bᵀ: what a tile sees → places. */
export const FROM_PIXELS: Matrix = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];

/** G: kernel → places. */
const FROM_TAPS: Matrix = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];

/** Aᵀ: places → outputs. */
export const TO_OUTPUTS: Matrix = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
];

/** Pictures [batch, channels, height, width]. */
type Pictures = { readonly name: string; readonly shape: readonly number[] };

/** Rows and columns of zeros [top, left] before a picture. */
type Border = readonly [number, number];

/** How outputs of a picture are cut into tiles: the last of a row or column may reach beyond it. */
type Tiling = { readonly rows: number; readonly columns: number };

const tilingOf = ([height, width]: readonly [number, number]): Tiling => ({
  rows: Math.ceil(height / OUTPUTS),
  columns: Math.ceil(width / OUTPUTS),
});

/**
 * Convolves pictures with weights [outputs, channels, 3, 3] at stride 1, for outputs of spatial size `size`.
 * `isTurned` takes the kernel turned by 180° with its channels swapped, as the gradient of the pictures does.
 */
export function winogradConvolution(
  onnx: OnnxEmitter,
  pictures: Pictures,
  weights: string,
  { border, size, isTurned }: { border: Border; size: readonly [number, number]; isTurned: boolean },
): string {
  const [batch, channels] = pictures.shape as [number, number];
  const tiling = tilingOf(size);
  const kernel = isTurned ? turned(FROM_TAPS) : FROM_TAPS;
  const flat = emitReshape(onnx, weights, [-1, TAPS ** 2]);
  const [spread] = onnx.node("Gemm", [matrix(onnx, kernel), flat], { transB: 1 });
  // For a gradient the weights are [channels, outputs, 3, 3].
  const shape = isTurned ? [PLACES ** 2, channels, -1] : [PLACES ** 2, -1, channels];
  const grouped = emitReshape(onnx, spread!, shape);
  const factors = isTurned ? emitTranspose(onnx, grouped, [0, 2, 1]) : grouped;
  const [products] = onnx.node("MatMul", [factors, pixelPlaces(onnx, pictures, border, tiling)]);
  const places = emitReshape(onnx, products!, [PLACES ** 2, -1]);
  const [outputs] = onnx.node("Gemm", [places, matrix(onnx, TO_OUTPUTS)], { transA: 1, transB: 1 });
  return assembled(onnx, outputs!, batch, tiling, size);
}

/** Gradient [outputs, channels, 3, 3] of the weights of such a convolution. */
export function winogradWeightGradient(onnx: OnnxEmitter, x: Pictures, dy: Pictures, border: Border): string {
  const [channels, outputs] = [x.shape[1]!, dy.shape[1]!];
  const tiling = tilingOf([dy.shape[2]!, dy.shape[3]!]);
  const seen = emitTranspose(onnx, pixelPlaces(onnx, x, border, tiling), [0, 2, 1]);
  const [products] = onnx.node("MatMul", [outputPlaces(onnx, dy, tiling), seen]);
  const places = emitReshape(onnx, products!, [PLACES ** 2, -1]);
  const [taps] = onnx.node("Gemm", [places, matrix(onnx, FROM_TAPS)], { transA: 1 });
  return emitReshape(onnx, taps!, [outputs, channels, TAPS, TAPS]);
}

/** Bᵀ d B of every tile: [places, channels, batch · tiles]. */
function pixelPlaces(onnx: OnnxEmitter, pictures: Pictures, [top, left]: Border, tiling: Tiling): string {
  const [, , height, width] = pictures.shape as [number, number, number, number];
  const bottom = tiling.rows * OUTPUTS + TAPS - 1 - top - height;
  const right = tiling.columns * OUTPUTS + TAPS - 1 - left - width;
  return placesOf(onnx, pictures, FROM_PIXELS, [top, left, bottom, right], tiling);
}

/** A dy Aᵀ of every tile: [places, outputs, batch · tiles]. */
function outputPlaces(onnx: OnnxEmitter, dy: Pictures, tiling: Tiling): string {
  const [, , height, width] = dy.shape as [number, number, number, number];
  const missing = [tiling.rows * OUTPUTS - height, tiling.columns * OUTPUTS - width];
  return placesOf(onnx, dy, transposed(TO_OUTPUTS), [0, 0, ...missing], tiling);
}

/** Applies a transform to both directions of every tile, as a convolution of single channels. */
function placesOf(
  onnx: OnnxEmitter,
  { name, shape: [batch, channels, height, width] }: Pictures,
  transform: Matrix,
  pads: readonly number[],
  { rows, columns }: Tiling,
): string {
  const reach = transform[0]!.length;
  const kernels = onnx.constant(bothDirections(transform), [PLACES ** 2, 1, reach, reach]);
  const channelMajor = emitTranspose(onnx, name, [1, 0, 2, 3]);
  const single = emitReshape(onnx, channelMajor, [channels! * batch!, 1, height!, width!]);
  const [places] = onnx.node("Conv", [single, kernels], { strides: [OUTPUTS, OUTPUTS], pads });
  const placeMajor = emitTranspose(onnx, places!, [1, 0, 2, 3]);
  return emitReshape(onnx, placeMajor, [PLACES ** 2, channels!, batch! * rows * columns]);
}

/** Tiles [outputs · batch · tiles, 4·4] → pictures [batch, outputs, height, width]. */
function assembled(
  onnx: OnnxEmitter,
  tiles: string,
  batch: number,
  { rows, columns }: Tiling,
  [height, width]: readonly [number, number],
): string {
  const apart = emitReshape(onnx, tiles, [-1, batch, rows, columns, OUTPUTS, OUTPUTS]);
  const inPlace = emitTranspose(onnx, apart, [1, 0, 2, 4, 3, 5]);
  const whole = emitReshape(onnx, inPlace, [batch, -1, rows * OUTPUTS, columns * OUTPUTS]);
  if (rows * OUTPUTS === height && columns * OUTPUTS === width) return whole;
  const range = [
    [0, 0],
    [height, width],
    [2, 3],
  ].map((values) => onnx.integers(values));
  return onnx.node("Slice", [whole, ...range])[0]!;
}

/** The matrix that applies `transform` to the rows and the columns of a square, its elements in one line. */
function bothDirections(transform: Matrix): Float32Array {
  return Float32Array.from(
    transform.flatMap((row) => transform.flatMap((column) => row.flatMap((a) => column.map((b) => a * b)))),
  );
}

/** G in both directions of a kernel, [places², taps²]. */
export function placesOfKernels(onnx: OnnxEmitter): string {
  return matrix(onnx, FROM_TAPS);
}

function matrix(onnx: OnnxEmitter, transform: Matrix): string {
  return onnx.constant(bothDirections(transform), [transform.length ** 2, transform[0]!.length ** 2]);
}

export const transposed = (transform: Matrix): Matrix => transform[0]!.map((_, j) => transform.map((row) => row[j]!));

/** The transform of a kernel that is turned by 180°. */
const turned = (transform: Matrix): Matrix => transform.map((row) => row.toReversed());
