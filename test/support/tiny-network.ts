import type { Value } from "../../src/compiler/graph/index.ts";
import { type Architecture, constantly, kaimingUniform, type Scope, xavierFanIn } from "../../src/training/nn/index.ts";
import { batchNormLayer, convolution, fullyConnected, preluLayer } from "../../src/training/nn/layers.ts";

const CHANNELS = [4, 8, 8, 8];

function halve(x: Value, name: string, outputs: number, scope: Scope): Value {
  const y = convolution(x, `${name}.conv`, { outputs, kernel: 3, stride: 2, padding: 1, weights: xavierFanIn }, scope);
  return preluLayer(batchNormLayer(y, `${name}.bn`, scope), `${name}.prelu`, scope);
}

/** A network that is not in the registry: 1,700 parameters, with which test/fixtures/runs was made. */
export const tinyNetwork: Architecture = {
  name: "tiny",
  inputSize: [16, 16],
  embeddingSize: 4,
  divisor: 16,
  source: "not published",
  build: (images, scope, { embeddingSize }) => {
    const features = CHANNELS.reduce((x, outputs, i) => halve(x, `stage${i + 1}`, outputs, scope), images);
    const bias = { initializer: constantly(0), decay: false };
    return fullyConnected(features, "fc", { outputs: embeddingSize, weights: kaimingUniform, bias }, scope);
  },
};
