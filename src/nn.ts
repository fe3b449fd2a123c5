/**
 * Networks, their costs, and the layers and initializers to write another.
 *
 * @module cosface/nn
 */
export type { Random } from "./base/core/index.ts";
export {
  type Architecture,
  allNetworks,
  type BatchNormOptions,
  type BuiltNetwork,
  batchNormLayer,
  buildNetwork,
  type ConvolutionLayer,
  configureNetwork,
  constantly,
  convolution,
  type FullyConnectedLayer,
  findNetwork,
  fullyConnected,
  gaussian,
  type Initializer,
  type IResNetOptions,
  iresnet,
  kaimingFanOut,
  kaimingUniform,
  type LayerBias,
  mobileFaceNet,
  type Network,
  type NetworkCost,
  networkCost,
  type Parameter,
  type ParameterOptions,
  preluLayer,
  Scope,
  type Statistic,
  sphere,
  xavierFanIn,
} from "./training/nn/index.ts";
