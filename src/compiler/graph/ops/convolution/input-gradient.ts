/** Lowerings of the gradient of a convolution with respect to its input. */
import type { Lowering, One, OnnxEmitter } from "../../op.ts";
import { fixedSize } from "../../shape.ts";
import { emitReshape, emitTranspose } from "../emit-layout.ts";
import { type Borders, eachAxis, slidingOf } from "../window.ts";
import { blockedConvolution, fitsBlocks, type Kernel } from "./blocks.ts";
import {
  type ConvolutionGeometry,
  hasUnitStride,
  type InputGradientInputs,
  isHalving,
  isPlain,
  kernelShape,
  ofInputGradient,
  suitsWinograd,
} from "./geometry.ts";
import { completeConvolution, type GradientAttributes } from "./options.ts";
import { winogradInputGradient } from "./winograd.ts";

type InputGradientLowering = Lowering<InputGradientInputs, GradientAttributes, One>;

const isUnitPlain = (geometry: ConvolutionGeometry) => hasUnitStride(geometry) && isPlain(geometry);

/** Stride 1: dx is dy convolved with the kernel rotated by 180° and its channels swapped. */
const flipped: InputGradientLowering = {
  when: (node) => isUnitPlain(ofInputGradient(node)),
  emit: (onnx, [dy, w], node) => {
    const geometry = ofInputGradient(node);
    const { name, shape } = flippedKernel(onnx, w, geometry);
    const attributes = { ...kernelShape(shape), pads: flippedPadding(geometry), group: geometry.groups };
    return [onnx.node("Conv", [dy, name], attributes)];
  },
};

/** ONNX `ConvTranspose`, with the output padding that restores sizes which the stride rounded down. */
const transpose: InputGradientLowering = {
  emit: (onnx, [dy, w], node) => {
    const { stride, padding, dilation, groups, w: shape, inputSize, outputSize } = ofInputGradient(node);
    const [, , height, width] = shape;
    const missing = eachAxis([height, width], (kernel, axis) => {
      const { before, after } = slidingOf({ stride, padding })[axis];
      const covered = (outputSize[axis] - 1) * stride[axis] + dilation[axis] * (kernel - 1) + 1;
      return inputSize[axis] - (covered - before - after);
    });
    // ConvTranspose cuts `pads` off: cutting less at the end is the same as padding the output there.
    const [top, left, bottom, right] = padding;
    const pads = [top, left, bottom - missing[0], right - missing[1]];
    const canCut = pads.every((border) => border >= 0);
    const attributes = {
      ...kernelShape(shape),
      strides: stride,
      dilations: dilation,
      group: groups,
      pads: canCut ? pads : padding,
      ...(canCut ? {} : { output_padding: missing }),
    };
    return [onnx.node("ConvTranspose", [dy, w], attributes)];
  },
};

/** Stride 2, 3×3: four small convolutions, one for each pixel of a 2×2 block. */
const phases: InputGradientLowering = {
  when: (node) => isHalving(ofInputGradient(node)),
  emit: (onnx, [dy, w], node) => [
    inPhases(onnx, w, ofInputGradient(node), ({ name, shape }, pads) =>
      onnx.node("Conv", [dy, name], { ...kernelShape(shape), pads }),
    ),
  ],
};

/** `phases` with convolutions of channels in blocks. */
const blockedPhases: InputGradientLowering = {
  when: (node) => isHalving(ofInputGradient(node)) && fitsBlocks(ofInputGradient(node)),
  emit: (onnx, [dy, w], node) => [
    inPhases(onnx, w, ofInputGradient(node), (kernel, padding) =>
      blockedConvolution(onnx, dy, kernel, { ...completeConvolution({}), padding }),
    ),
  ],
  needsBlocks: true,
};

/** Winograd's filtering (winograd.ts). */
const winograd: InputGradientLowering = {
  when: (node) => suitsWinograd(ofInputGradient(node)),
  emit: (onnx, [dy, w], node) => {
    const batch = fixedSize("conv2d", node.inputs[0].shape[0]);
    return [winogradInputGradient(onnx, dy, w, { ...ofInputGradient(node), batch })];
  },
};

/** `flipped` with channels in blocks. */
const blocked: InputGradientLowering = {
  when: (node) => isUnitPlain(ofInputGradient(node)) && fitsBlocks(ofInputGradient(node)),
  emit: (onnx, [dy, w], node) => {
    const geometry = ofInputGradient(node);
    const kernel = flippedKernel(onnx, w, geometry);
    return [blockedConvolution(onnx, dy, kernel, { ...geometry, padding: flippedPadding(geometry) })];
  },
  needsBlocks: true,
};

/** Lowerings of `convInputGradient`. */
export const inputGradientLowerings = { flipped, transpose, phases, blockedPhases, winograd, blocked };

/** The kernel rotated by 180°, with its channels swapped within each group. */
function flippedKernel(onnx: OnnxEmitter, w: string, { groups, w: shape }: ConvolutionGeometry): Kernel {
  const [outputs, perGroup, height, width] = shape;
  const rotated = height * width > 1 ? rotate(onnx, w) : w;
  const grouped = emitReshape(onnx, rotated, [groups, outputs / groups, perGroup, height, width]);
  const swapped = emitTranspose(onnx, grouped, [0, 2, 1, 3, 4]);
  const swappedShape = [groups * perGroup, outputs / groups, height, width] as const;
  return { name: emitReshape(onnx, swapped, swappedShape), shape: swappedShape };
}

function flippedPadding({ padding: [top, left, bottom, right], w: [, , height, width] }: ConvolutionGeometry): Borders {
  return [height - 1 - top, width - 1 - left, height - 1 - bottom, width - 1 - right];
}

/** Both spatial axes in reverse. */
function rotate(onnx: OnnxEmitter, w: string): string {
  const range = [
    [-1, -1],
    [-10_000, -10_000],
    [2, 3],
    [-1, -1],
  ].map((values) => onnx.integers(values));
  return onnx.node("Slice", [w, ...range]);
}

/**
 * Stride 2, 3×3, padding 1: the four pixels of each 2×2 block of dx see 1, 2, 2 and 4 taps of the kernel. In one row:
 * dx[2a] = w₁·dy[a] and dx[2a + 1] = w₂·dy[a] + w₀·dy[a + 1]. So four small convolutions of dy give the four
 * pixels as channels, and DepthToSpace moves them to their rows and columns.
 */
function inPhases(
  onnx: OnnxEmitter,
  w: string,
  { w: [outputs, channels] }: ConvolutionGeometry,
  convolve: (kernel: Kernel, padding: Borders) => string,
): string {
  const swapped = emitTranspose(onnx, w, [1, 0, 2, 3]);
  // Per axis: the first tap to take, how many, and the step between them: w₁ alone, or w₂ and w₀.
  const [even, odd] = [
    { start: 1, end: 2, step: 1, count: 1 },
    { start: 2, end: -4, step: -2, count: 2 },
  ] as const;
  const pixels = [even, odd].flatMap((row) =>
    [even, odd].map((column) => {
      const range = [
        [row.start, column.start],
        [row.end, column.end],
        [2, 3],
        [row.step, column.step],
      ];
      const taps = onnx.node("Slice", [swapped, ...range.map((values) => onnx.integers(values))]);
      const kernel = { name: taps, shape: [channels, outputs, row.count, column.count] } as const;
      return convolve(kernel, [0, 0, row.count - 1, column.count - 1]);
    }),
  );
  const blocks = onnx.node("Concat", pixels, { axis: 1 });
  return onnx.node("DepthToSpace", [blocks], { blocksize: 2, mode: "DCR" });
}
