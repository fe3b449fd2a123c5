/**
 * Convolution with a 3×3 kernel, and both of its gradients, by Winograd's filtering (minimal-filtering.ts) along rows and columns,
 * with hardly a pass that only moves numbers. Each transform of a picture is a product with a banded matrix, which holds
 * the transform of a line once for each tile, shifted from tile to tile, with what lies beyond the picture cut off. A
 * product can put the axis that it makes first, or take the first one away and put what it makes last, so the axes
 * come in order by themselves. With i, j the places of a tile, r, c the tiles of a column and of a row:
 *
 *   picture [n, channel, y, x] → [j c, n, channel, y] → [j, i r, c n channel] = [j i, r c n, channel],
 *
 * and summed over channels the multiplications are one product of matrices for each of the places j i. With V and Z the
 * transforms of x and dy, and U that of the weights,
 *
 *   y = from(V · Uᵀ)      dx = from(Z · U)      dw = Gᵀ(Zᵀ · V)G.
 *
 * A band costs more than its transform, by the picture's size over the tile's: that is little on small pictures, which is
 * where networks have many channels. In a trained network U is constant, and computed once, at loading.
 */
import type { OnnxEmitter } from "../op.ts";
import { emitReshape, emitTranspose } from "./emit-layout.ts";
import { type Filtering, filtering, type Matrix } from "./minimal-filtering.ts";

/** What is convolved, with spatial sizes as [height, width]. */
export type WinogradConvolution = {
  readonly channels: number;
  readonly outputs: number;
  readonly inputSize: readonly [number, number];
  readonly outputSize: readonly [number, number];
  /** 1 or 2, in both directions. */
  readonly stride: number;
  /** Rows and columns of zeros [top, left] before a picture. */
  readonly border: readonly [number, number];
  /**
   * Pictures of a batch, for the gradients. Shapes that name it make their transforms other nodes than those of the
   * convolution: the two gradients share theirs, but none is held from the forward to the backward half of a step.
   */
  readonly batch?: number;
};

/** A transform of columns or rows of pictures, once for each tile: [places · tiles, size]. */
type Band = { readonly name: string; readonly places: number; readonly tiles: number; readonly size: number };

/** Pictures of one side of a convolution, and the transforms of their columns and rows. */
type Side = { readonly channels: number; readonly column: Band; readonly row: Band };

/** How a convolution goes by places: both sides, and G for kernels in both directions, [places, 9]. */
type Plan = { readonly x: Side; readonly y: Side; readonly fromTaps: string; readonly places: number };

/** Convolves pictures [batch, channels, height, width], for any batch, with weights [outputs, channels, 3, 3]. */
export function winogradConvolution(onnx: OnnxEmitter, x: string, w: string, what: WinogradConvolution): string {
  const plan = planOf(onnx, what);
  const weights = turned(onnx, weightPlaces(onnx, w, plan), plan.places, what.channels);
  const [products] = onnx.node("MatMul", [toPlaces(onnx, x, plan.x), weights]);
  return fromPlaces(onnx, products!, plan.y);
}

/** Gradient of the pictures, given that of the outputs. */
export function winogradInputGradient(onnx: OnnxEmitter, dy: string, w: string, what: WinogradConvolution): string {
  const plan = planOf(onnx, what);
  const [products] = onnx.node("MatMul", [
    toPlaces(onnx, dy, plan.y, what.batch),
    weightPlaces(onnx, w, plan, what.outputs * what.channels),
  ]);
  return fromPlaces(onnx, products!, plan.x);
}

/** Gradient [outputs, channels, 3, 3] of the weights. */
export function winogradWeightGradient(onnx: OnnxEmitter, x: string, dy: string, what: WinogradConvolution): string {
  const { batch, channels, outputs } = what;
  const plan = planOf(onnx, what);
  const [seen, spread] = [toPlaces(onnx, x, plan.x, batch), toPlaces(onnx, dy, plan.y, batch)];
  // Of the two, that with fewer channels is turned.
  const isTurned = channels < outputs;
  const factors = isTurned
    ? [turned(onnx, seen, plan.places, channels), spread]
    : [turned(onnx, spread, plan.places, outputs), seen];
  const places = emitReshape(onnx, onnx.node("MatMul", factors)[0]!, [plan.places, -1]);
  const taps = product(onnx, places, plan.fromTaps, { transA: 1 });
  if (!isTurned) return emitReshape(onnx, taps, [outputs, channels, 3, 3]);
  return emitTranspose(onnx, emitReshape(onnx, taps, [channels, outputs, 3, 3]), [1, 0, 2, 3]);
}

/** Pictures [batch, channels, height, width] → [places, tiles · batch, channels]. */
function toPlaces(onnx: OnnxEmitter, pictures: string, { channels, column, row }: Side, batch?: number): string {
  const lineCount = batch === undefined ? -1 : batch * channels * column.size;
  const alongRows = product(onnx, row.name, emitReshape(onnx, pictures, [lineCount, row.size]), { transB: 1 });
  const columns = emitReshape(onnx, alongRows, [row.places, -1, column.size]);
  const [places] = onnx.node("MatMul", [column.name, emitTranspose(onnx, columns, [0, 2, 1])]);
  return emitReshape(onnx, places!, [row.places * column.places, -1, channels]);
}

/** [places, tiles · batch, channels] → pictures [batch, channels, height, width]: the transpose of `toPlaces`. */
function fromPlaces(onnx: OnnxEmitter, places: string, { channels, column, row }: Side): string {
  const columns = emitReshape(onnx, places, [row.places, column.places * column.tiles, -1]);
  const [alongColumns] = onnx.node("MatMul", [emitTranspose(onnx, columns, [0, 2, 1]), column.name]);
  const rows = emitReshape(onnx, alongColumns!, [row.places * row.tiles, -1]);
  const alongRows = product(onnx, rows, row.name, { transA: 1 });
  return emitReshape(onnx, alongRows, [-1, channels, column.size, row.size]);
}

/** G g Gᵀ of every kernel: [places, outputs, channels]. `kernels` is their number, given as `batch` is. */
function weightPlaces(onnx: OnnxEmitter, w: string, { x, y, fromTaps, places }: Plan, kernels = -1): string {
  const spread = product(onnx, fromTaps, emitReshape(onnx, w, [kernels, 9]), { transB: 1 });
  return emitReshape(onnx, spread, [places, y.channels, x.channels]);
}

/**
 * The matrices of all places, each transposed; `columns` are those before. A product could take them transposed, and
 * ONNX Runtime would have it so but for the axis between; it packs them slowly.
 */
function turned(onnx: OnnxEmitter, matrices: string, places: number, columns: number): string {
  const apart = emitReshape(onnx, matrices, [1, places, -1, columns]);
  return emitReshape(onnx, emitTranspose(onnx, apart, [0, 1, 3, 2]), [places, columns, -1]);
}

function product(onnx: OnnxEmitter, a: string, b: string, attributes: { transA: 1 } | { transB: 1 }): string {
  return onnx.node("Gemm", [a, b], attributes)[0]!;
}

function planOf(onnx: OnnxEmitter, what: WinogradConvolution): Plan {
  const { inputSize, outputSize, stride, border } = what;
  const lines = outputSize.map((size) => cheapestFiltering(size, stride)) as [Filtering, Filtering];
  const [down, right] = lines.map(({ fromTaps }) => fromTaps) as [Matrix, Matrix];
  const side = (channels: number, bandOf: (method: Filtering, axis: number) => Band): Side => ({
    channels,
    column: bandOf(lines[0], 0),
    row: bandOf(lines[1], 1),
  });
  const tilesOf = ({ outputs }: Filtering, axis: number) => Math.ceil(outputSize[axis]! / outputs);
  const taps = right.flatMap((across) => down.flatMap((along) => along.flatMap((a) => across.map((b) => a * b))));
  const places = right.length * down.length;
  return {
    x: side(what.channels, (method, axis) =>
      band(onnx, method.fromPixels, tilesOf(method, axis), method.step, inputSize[axis]!, border[axis]!),
    ),
    y: side(what.outputs, (method, axis) =>
      band(onnx, method.fromOutputs, tilesOf(method, axis), method.outputs, outputSize[axis]!),
    ),
    fromTaps: onnx.constant(Float32Array.from(taps), [places, 9]),
    places,
  };
}

/** With the fewest multiplications along a line: by 4 outputs a tile, or by 3 where 4 would reach far beyond its end. */
function cheapestFiltering(size: number, stride: number): Filtering {
  const [four, three] = [filtering(4, stride), filtering(3, stride)];
  const cost = ({ outputs, fromPixels }: Filtering) => Math.ceil(size / outputs) * fromPixels.length;
  return cost(three) < cost(four) ? three : four;
}

/** The transform once for each tile, `step` pixels apart: row (place, tile), column the pixel. */
function band(onnx: OnnxEmitter, transform: Matrix, tiles: number, step: number, size: number, border = 0): Band {
  const data = new Float32Array(transform.length * tiles * size);
  for (const [place, row] of transform.entries()) {
    for (let tile = 0; tile < tiles; tile++) {
      for (const [i, element] of row.entries()) {
        const pixel = tile * step + i - border;
        if (pixel >= 0 && pixel < size) data[(place * tiles + tile) * size + pixel] = element;
      }
    }
  }
  const name = onnx.constant(data, [transform.length * tiles, size]);
  return { name, places: transform.length, tiles, size };
}
