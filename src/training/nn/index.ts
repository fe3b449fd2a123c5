export { type NetworkCost, networkCost } from "./cost.ts";
export { constantly, gaussian, type Initializer, kaimingFanOut, kaimingUniform, xavierFanIn } from "./initializers.ts";
export { type IResNetOptions, iresnet } from "./iresnet.ts";
export {
  type BatchNormOptions,
  batchNormLayer,
  type ConvolutionLayer,
  convolution,
  type FullyConnectedLayer,
  fullyConnected,
  type LayerBias,
  preluLayer,
} from "./layers.ts";
export { mobileFaceNet } from "./mobilefacenet.ts";
export { type Architecture, type BuiltNetwork, buildNetwork, configureNetwork, type Network } from "./network.ts";
export { allNetworks, findNetwork } from "./registry.ts";
export { type Parameter, type ParameterOptions, Scope, type Statistic } from "./scope.ts";
export { sphere } from "./sphere.ts";
