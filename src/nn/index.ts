export { constantly, gaussian, type Initializer, kaimingFanOut, kaimingUniform, xavierFanIn } from "./initializers.ts";
export { type Architecture, type BuiltNetwork, buildNetwork, configureNetwork, type Network } from "./network.ts";
export { type Parameter, Scope, type Statistic } from "./scope.ts";
export { sphere } from "./sphere.ts";
