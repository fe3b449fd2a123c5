/**
 * Convolution with a 3×3 kernel, and both of its gradients, by Winograd's filtering (minimal-filtering.ts) along rows
 * and columns, with hardly a pass that only moves numbers. Each transform of a feature map is a product with a banded
 * matrix, which holds the transform of a line once for each tile, shifted from tile to tile, with the pixels beyond the
 * border cut off. A product can put the axis that it makes first, or sum over the first axis and put the one that it
 * makes last, so the axes come in the wanted order without transposing. With i, j the slots of a transformed tile, r, c
 * the tiles of a column and of a row:
 *
 *   map [n, channel, y, x] → [j c, n, channel, y] → [j, i r, c n channel] = [j i, r c n, channel],
 *
 * and summed over channels the multiplications are one product of matrices for each slot j i. With V and Z the
 * transforms of x and dy, and U that of the weights,
 *
 *   y = from(V · Uᵀ)      dx = from(Z · U)      dw = Gᵀ(Zᵀ · V)G.
 *
 * A band costs more than its transform by the ratio of the map's size to the tile's. That is little on small maps,
 * where networks have many channels. In a trained network U is constant, and computed once, at loading.
 */
import type { OnnxEmitter } from "../../op.ts";
import { emitReshape, emitTranspose } from "../emit-layout.ts";
import { eachAxis, type Spatial, zipAxes } from "../window.ts";
import type { ConvolutionGeometry } from "./geometry.ts";
import { type Filtering, filtering, type Matrix } from "./minimal-filtering.ts";

/** An ungrouped 3×3 convolution of stride 1 or 2. */
export type WinogradConvolution = Pick<ConvolutionGeometry, "w" | "inputSize" | "outputSize" | "stride" | "padding"> & {
  /**
   * Images of a batch, for the gradients. Shapes that name it make their transforms other nodes than those of the
   * convolution: the two gradients share theirs, but none is held from the forward to the backward pass.
   */
  readonly batch?: number;
};

/** A transform of columns or rows of feature maps, once for each tile: [slots · tiles, size]. */
type Band = { readonly name: string; readonly slots: number; readonly tiles: number; readonly size: number };

/** Feature maps of one side of a convolution, and the transforms of their columns and rows. */
type Side = { readonly channels: number; readonly column: Band; readonly row: Band };

/** The transforms of both sides, and G for kernels in both directions, [slots, 9]. */
type Plan = { readonly x: Side; readonly y: Side; readonly fromTaps: string; readonly slots: number };

/** Convolves feature maps [batch, channels, height, width], for any batch, with weights [outputs, channels, 3, 3]. */
export function winogradConvolution(onnx: OnnxEmitter, x: string, w: string, geometry: WinogradConvolution): string {
  const plan = planOf(onnx, geometry);
  const weights = transposed(onnx, transformWeights(onnx, w, plan), plan.slots, plan.x.channels);
  const products = onnx.node("MatMul", [toSlots(onnx, x, plan.x), weights]);
  return fromSlots(onnx, products, plan.y);
}

/** Gradient of the input, given that of the outputs. */
export function winogradInputGradient(onnx: OnnxEmitter, dy: string, w: string, geometry: WinogradConvolution): string {
  const plan = planOf(onnx, geometry);
  const products = onnx.node("MatMul", [
    toSlots(onnx, dy, plan.y, geometry.batch),
    transformWeights(onnx, w, plan, plan.y.channels * plan.x.channels),
  ]);
  return fromSlots(onnx, products, plan.x);
}

/** Gradient [outputs, channels, 3, 3] of the weights. */
export function winogradWeightGradient(
  onnx: OnnxEmitter,
  x: string,
  dy: string,
  geometry: WinogradConvolution,
): string {
  const { batch } = geometry;
  const plan = planOf(onnx, geometry);
  const [channels, outputs] = [plan.x.channels, plan.y.channels];
  const [seen, spread] = [toSlots(onnx, x, plan.x, batch), toSlots(onnx, dy, plan.y, batch)];
  // The factor with fewer channels is transposed.
  const isInputFirst = channels < outputs;
  const factors = isInputFirst
    ? [transposed(onnx, seen, plan.slots, channels), spread]
    : [transposed(onnx, spread, plan.slots, outputs), seen];
  const inSlots = emitReshape(onnx, onnx.node("MatMul", factors), [plan.slots, -1]);
  const taps = product(onnx, inSlots, plan.fromTaps, { transA: 1 });
  if (!isInputFirst) return emitReshape(onnx, taps, [outputs, channels, 3, 3]);
  return emitTranspose(onnx, emitReshape(onnx, taps, [channels, outputs, 3, 3]), [1, 0, 2, 3]);
}

/** Feature maps [batch, channels, height, width] → [slots, tiles · batch, channels]. */
function toSlots(onnx: OnnxEmitter, maps: string, { channels, column, row }: Side, batch?: number): string {
  const lineCount = batch === undefined ? -1 : batch * channels * column.size;
  const alongRows = product(onnx, row.name, emitReshape(onnx, maps, [lineCount, row.size]), { transB: 1 });
  const columns = emitReshape(onnx, alongRows, [row.slots, -1, column.size]);
  const inSlots = onnx.node("MatMul", [column.name, emitTranspose(onnx, columns, [0, 2, 1])]);
  return emitReshape(onnx, inSlots, [row.slots * column.slots, -1, channels]);
}

/** [slots, tiles · batch, channels] → feature maps [batch, channels, height, width]: the transpose of `toSlots`. */
function fromSlots(onnx: OnnxEmitter, inSlots: string, { channels, column, row }: Side): string {
  const columns = emitReshape(onnx, inSlots, [row.slots, column.slots * column.tiles, -1]);
  const alongColumns = onnx.node("MatMul", [emitTranspose(onnx, columns, [0, 2, 1]), column.name]);
  const rows = emitReshape(onnx, alongColumns, [row.slots * row.tiles, -1]);
  const alongRows = product(onnx, rows, row.name, { transA: 1 });
  return emitReshape(onnx, alongRows, [-1, channels, column.size, row.size]);
}

/** G g Gᵀ of every kernel: [slots, outputs, channels]. `kernels` is their number, given where `batch` is. */
function transformWeights(onnx: OnnxEmitter, w: string, { x, y, fromTaps, slots }: Plan, kernels = -1): string {
  const spread = product(onnx, fromTaps, emitReshape(onnx, w, [kernels, 9]), { transB: 1 });
  return emitReshape(onnx, spread, [slots, y.channels, x.channels]);
}

/**
 * The matrices of all slots, each transposed; `columns` are those before. The product could take them transposed, and
 * ONNX Runtime would fuse that but for the axis between; it packs transposed factors slowly.
 */
function transposed(onnx: OnnxEmitter, matrices: string, slots: number, columns: number): string {
  const separate = emitReshape(onnx, matrices, [1, slots, -1, columns]);
  return emitReshape(onnx, emitTranspose(onnx, separate, [0, 1, 3, 2]), [slots, columns, -1]);
}

function product(onnx: OnnxEmitter, a: string, b: string, attributes: { transA: 1 } | { transB: 1 }): string {
  return onnx.node("Gemm", [a, b], attributes);
}

function planOf(onnx: OnnxEmitter, geometry: WinogradConvolution): Plan {
  const { w, inputSize, outputSize, stride, padding } = geometry;
  const [outputs, channels] = w;
  const lines = eachAxis(zipAxes(outputSize, stride), ([size, step]) => cheapestFiltering(size, step));
  const [down, right] = eachAxis(lines, ({ fromTaps }) => fromTaps);
  const tiles = eachAxis(lines, (line, axis) => Math.ceil(outputSize[axis] / line.outputs));
  const taps = right.flatMap((across) => down.flatMap((along) => along.flatMap((a) => across.map((b) => a * b))));
  const slots = right.length * down.length;
  const side = (channelCount: number, bands: Spatial<Band>): Side => {
    const [column, row] = bands;
    return { channels: channelCount, column, row };
  };
  return {
    x: side(
      channels,
      eachAxis(lines, ({ fromPixels, step }, axis) =>
        band(onnx, fromPixels, tiles[axis], step, inputSize[axis], padding[axis]),
      ),
    ),
    y: side(
      outputs,
      eachAxis(lines, (line, axis) => band(onnx, line.fromOutputs, tiles[axis], line.outputs, outputSize[axis])),
    ),
    fromTaps: onnx.constant(Float32Array.from(taps), [slots, 9]),
    slots,
  };
}

/** With the fewest multiplications along a line: tiles of 4 outputs, or of 3 where 4 would reach far beyond its end. */
function cheapestFiltering(size: number, stride: number): Filtering {
  const [four, three] = [filtering(4, stride), filtering(3, stride)];
  const cost = ({ outputs, fromPixels }: Filtering) => Math.ceil(size / outputs) * fromPixels.length;
  return cost(three) < cost(four) ? three : four;
}

/** The transform once for each tile, `step` pixels apart: row (slot, tile), column the pixel. */
function band(onnx: OnnxEmitter, transform: Matrix, tiles: number, step: number, size: number, border = 0): Band {
  const data = new Float32Array(transform.length * tiles * size);
  for (const [slot, row] of transform.entries()) {
    for (let tile = 0; tile < tiles; tile++) {
      for (const [i, element] of row.entries()) {
        const pixel = tile * step + i - border;
        if (pixel >= 0 && pixel < size) data[(slot * tiles + tile) * size + pixel] = element;
      }
    }
  }
  const name = onnx.constant(data, [transform.length * tiles, size]);
  return { name, slots: transform.length, tiles, size };
}
