/**
 * Winograd's convolution F(4×4, 3×3), see winograd.ts, without one pass that only moves numbers. Each of the two transforms
 * goes along columns and then along rows, and each of these four steps is one product with a banded matrix, which holds
 * the transform once for each tile, shifted by a tile, with what lies beyond the picture cut off. A product can put the
 * axis that it makes first, or take the first one away and put what it makes last, so the axes come in order by
 * themselves. With i, j the places of a tile, r, c the tiles of a column and of a row:
 *
 *   x [n, channel, y, x] → [j c, n, channel, y] → [i r, j c, n, channel]
 *     → products with the weights' [i, j, channel, output] → [i r, j c, n, output]
 *     → [j c, n, output, y] → [n, output, y, x].
 *
 * A band costs more than its transform, by the picture's size over the tile's: that is little on small pictures, which is where
 * networks have many channels. The weights' transform is constant in a trained network, and then done once, at loading.
 */
import type { OnnxEmitter } from "../op.ts";
import { emitReshape, emitTranspose } from "./emit-layout.ts";
import {
  FROM_PIXELS,
  type Matrix,
  OUTPUTS,
  PLACES,
  placesOfKernels,
  TAPS,
  TO_OUTPUTS,
  transposed,
} from "./winograd.ts";

/** What is convolved: spatial sizes [height, width], and rows and columns of zeros [top, left] before a picture. */
export type BandedConvolution = {
  readonly channels: number;
  readonly outputs: number;
  readonly inputSize: readonly [number, number];
  readonly outputSize: readonly [number, number];
  readonly border: readonly [number, number];
};

/** Convolves pictures [batch, channels, height, width], for any batch, with weights [outputs, channels, 3, 3] at stride 1. */
export function bandedConvolution(
  onnx: OnnxEmitter,
  x: string,
  weights: string,
  { channels, outputs, inputSize, outputSize, border }: BandedConvolution,
): string {
  const [rows, columns] = outputSize.map((size) => Math.ceil(size / OUTPUTS)) as [number, number];
  const [height, width] = inputSize;
  const [rowsIn, columnsIn] = [
    band(onnx, FROM_PIXELS, { tiles: rows, size: height, border: border[0] }),
    band(onnx, FROM_PIXELS, { tiles: columns, size: width, border: border[1] }),
  ];
  const [rowsOut, columnsOut] = [
    band(onnx, transposed(TO_OUTPUTS), { tiles: rows, size: outputSize[0], border: 0 }),
    band(onnx, transposed(TO_OUTPUTS), { tiles: columns, size: outputSize[1], border: 0 }),
  ];
  const columnsFirst = product(onnx, columnsIn, emitReshape(onnx, x, [-1, width]), { transB: 1 });
  const rowsFirst = product(onnx, rowsIn, emitReshape(onnx, columnsFirst, [-1, height]), { transB: 1 });
  const seen = emitReshape(onnx, rowsFirst, [PLACES, rows, PLACES, -1, channels]);
  const [products] = onnx.node("MatMul", [seen, kernels(onnx, weights, channels, outputs)]);
  const places = emitReshape(onnx, products!, [PLACES * rows, -1]);
  const rowsLast = product(onnx, places, rowsOut, { transA: 1 });
  const columnsLast = product(onnx, emitReshape(onnx, rowsLast, [PLACES * columns, -1]), columnsOut, { transA: 1 });
  return emitReshape(onnx, columnsLast, [-1, outputs, ...outputSize]);
}

function product(onnx: OnnxEmitter, a: string, b: string, attributes: { transA: 1 } | { transB: 1 }): string {
  return onnx.node("Gemm", [a, b], attributes)[0]!;
}

/** G g Gᵀ of every kernel, [places, 1, places, channels, outputs]: the same for every row of tiles. */
function kernels(onnx: OnnxEmitter, weights: string, channels: number, outputs: number): string {
  const flat = emitReshape(onnx, weights, [outputs, channels, TAPS ** 2]);
  const tapsFirst = emitReshape(onnx, emitTranspose(onnx, flat, [2, 1, 0]), [TAPS ** 2, -1]);
  const [spread] = onnx.node("Gemm", [placesOfKernels(onnx), tapsFirst]);
  return emitReshape(onnx, spread!, [PLACES, 1, PLACES, channels, outputs]);
}

/** A row or column of a picture: its tiles, its pixels, and the zeros before them. */
type Line = { readonly tiles: number; readonly size: number; readonly border: number };

/** The transform once for each tile: row (place, tile), column the pixel. */
function band(onnx: OnnxEmitter, transform: Matrix, { tiles, size, border }: Line): string {
  const data = new Float32Array(PLACES * tiles * size);
  for (const [place, row] of transform.entries()) {
    for (let tile = 0; tile < tiles; tile++) {
      for (const [i, element] of row.entries()) {
        const pixel = tile * OUTPUTS + i - border;
        if (pixel >= 0 && pixel < size) data[(place * tiles + tile) * size + pixel] = element;
      }
    }
  }
  return onnx.constant(data, [PLACES * tiles, size]);
}
