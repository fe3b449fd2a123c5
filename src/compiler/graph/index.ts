export { gradients, vectorJacobianProduct } from "./autodiff.ts";
export { type Graph, graphInputs, type Outputs, outputEntries, outputOf, outputValues, sortedNodes } from "./graph.ts";
export {
  allOps,
  applyAll as applyOp,
  emitNode,
  loweringKey,
  loweringsOf,
  macsOf,
  type NodeLowering,
  type OnnxEmitter,
  type Op,
  opOf,
  type Sample,
  type SampleInput,
  samplesByLowering,
} from "./op.ts";
export { add, broadcastTo, div, mul, neg, type ReduceOptions, reduceSum, reshape, sub } from "./ops/arithmetic.ts";
export { conv2d, convInputGradient, convWeightGradient } from "./ops/convolution/convolution.ts";
export type { ConvolutionOptions } from "./ops/convolution/options.ts";
export {
  abs,
  acos,
  cast,
  cos,
  erf,
  exp,
  floor,
  log,
  onnxElementType,
  pow,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  tanh,
} from "./ops/elementwise.ts";
export { concat, gather, isLabel, oneHot, pad, scatterAdd, slice, transpose } from "./ops/layout.ts";
export { batchMatmul, l2Norm, l2Normalize, logSoftmax, matmul, NORM_FLOOR, softmax } from "./ops/linear.ts";
export { batchNorm, batchNormTraining, matchBatchNorm } from "./ops/normalization.ts";
export { averagePool, globalAveragePool, maxPool, type PoolOptions } from "./ops/pooling.ts";
export { argMax, reduceMax, reduceMean } from "./ops/reduction.ts";
export { upsample } from "./ops/resize.ts";
export {
  clip,
  equal,
  greater,
  greaterOrEqual,
  maximum,
  minimum,
  prelu,
  relu,
  step,
  stepBelow,
  where,
} from "./ops/selection.ts";
export { stopGradient } from "./ops/stop-gradient.ts";
export { type Borders, eachAxis, positionCount, type Spatial, slidingOf } from "./ops/window.ts";
export { type BlockPrelusOptions, blockPrelus } from "./passes/block-prelus.ts";
export { convolveByWinograd, gainsByWinograd, hasGainByWinograd } from "./passes/convolve-by-winograd.ts";
export { shareEqualNodes } from "./passes/share-equal-nodes.ts";
export { printGraph } from "./print.ts";
export { type NodeRule, rewrite, rewriteValues, substitute, withLowering } from "./rewrite.ts";
export {
  broadcastShapes,
  elementCount,
  fixedSize,
  isFixedShape,
  normalizeAxis,
  reducedShape,
  requireTensor,
} from "./shape.ts";
export {
  type Attribute,
  type Attributes,
  constant,
  constantData,
  constantOp,
  type Dim,
  type ElementType,
  elementTypeOf,
  fill,
  formatType,
  input,
  inputName,
  inputOp,
  type Node,
  type Operand,
  type Shape,
  scalar,
  shortestFloat,
  type TensorData,
  type TensorType,
  typedArray,
  type Value,
} from "./value.ts";
export { verifyGraph } from "./verify.ts";
