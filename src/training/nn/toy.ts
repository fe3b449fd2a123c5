/**
 * A small network for figures: four convolutions that each halve the feature map, with batch normalization and PReLU,
 * and a fully connected layer. At 32×32 pixels it takes 1.0 million multiplications.
 */
import type { Value } from "../../compiler/graph/index.ts";
import { constantly, kaimingUniform, xavierFanIn } from "./initializers.ts";
import { batchNormLayer, convolution, fullyConnected, preluLayer } from "./layers.ts";
import type { Architecture } from "./network.ts";
import type { Scope } from "./scope.ts";

const CHANNELS = [16, 32, 64, 128];

/** One halving convolution with batch normalization and PReLU. */
export function halve(x: Value, name: string, outputs: number, scope: Scope): Value {
  const y = convolution(x, `${name}.conv`, { outputs, kernel: 3, stride: 2, padding: 1, weights: xavierFanIn }, scope);
  return preluLayer(batchNormLayer(y, `${name}.bn`, scope), `${name}.prelu`, scope);
}

/** The network of the toy experiment. */
export function toyNetwork(): Architecture {
  return {
    name: "toy",
    inputSize: [32, 32],
    embeddingSize: 2,
    divisor: 16,
    source: "not published",
    build: (images, scope, { embeddingSize }) => {
      const features = CHANNELS.reduce((x, outputs, i) => halve(x, `stage${i + 1}`, outputs, scope), images);
      const bias = { initializer: constantly(0), decay: false };
      return fullyConnected(features, "fc", { outputs: embeddingSize, weights: kaimingUniform, bias }, scope);
    },
  };
}
