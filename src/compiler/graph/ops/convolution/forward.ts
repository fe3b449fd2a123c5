/** Lowerings of a convolution. */
import type { Lowering, One } from "../../op.ts";
import { fixedSizes } from "../../shape.ts";
import { emitReshape } from "../emit-layout.ts";
import { blockedConvolution, fitsBlocks } from "./blocks.ts";
import { type ConvolutionInputs, kernelShape, ofConvolution, suitsWinograd } from "./geometry.ts";
import type { ConvolutionAttributes } from "./options.ts";
import { winogradConvolution } from "./winograd.ts";

type ForwardLowering = Lowering<ConvolutionInputs, ConvolutionAttributes, One>;

/** ONNX `Conv`. */
const direct: ForwardLowering = {
  emit: (onnx, inputs, node) => {
    const { w, stride, padding, dilation, groups } = ofConvolution(node);
    const attributes = { ...kernelShape(w), strides: stride, pads: padding, dilations: dilation, group: groups };
    return [onnx.node("Conv", inputs.filter(isGiven), attributes)];
  },
};

const isGiven = (name: string | undefined) => name !== undefined;

/** Winograd's filtering (winograd.ts), and the bias behind it. */
const winograd: ForwardLowering = {
  when: (node) => suitsWinograd(ofConvolution(node)),
  emit: (onnx, [x, w, bias], node) => {
    const y = winogradConvolution(onnx, x, w, ofConvolution(node));
    const [, , biasType] = node.inputs;
    if (bias === undefined || biasType === undefined) return [y];
    const [outputs] = fixedSizes("conv2d", biasType, 1);
    return [onnx.node("Add", [y, emitReshape(onnx, bias, [1, outputs, 1, 1])])];
  },
};

/** Channels in blocks (blocks.ts). */
const blocked: ForwardLowering = {
  when: (node) => fitsBlocks(ofConvolution(node)),
  emit: (onnx, [x, w, bias], node) => {
    const geometry = ofConvolution(node);
    return [blockedConvolution(onnx, x, { name: w, shape: geometry.w }, geometry, bias)];
  },
  needsBlocks: true,
};

/** Lowerings of `conv2d`. */
export const convolutionLowerings = { direct, winograd, blocked };
