/**
 * Sphere networks: the residual CNNs of SphereFace (Liu et al., CVPR 2017), which CosFace trains.
 *
 * Four stages of 64, 128, 256 and 512 channels. A stage halves the feature map with one convolution and adds residual
 * units of two convolutions with PReLUs, without batch normalization and without an activation after the addition. The
 * initial weights of the units are small, so an untrained network is close to the plain four-convolution one.
 */
import { requireKind } from "../../base/core/index.ts";
import { add, type Value } from "../../compiler/graph/index.ts";
import { constantly, gaussian, xavierFanIn } from "./initializers.ts";
import { convolution, fullyConnected, preluLayer } from "./layers.ts";
import type { Architecture } from "./network.ts";
import type { Scope } from "./scope.ts";

const CHANNELS = [64, 128, 256, 512] as const;

/** As in the released prototxt, biases have twice the learning rate and no weight decay. */
const bias = { initializer: constantly(0), learningRateFactor: 2, decay: false };

/** One stage: the halving convolution, then the residual units. */
export function stage(x: Value, name: string, outputs: number, unitCount: number, scope: Scope): Value {
  const entry = { outputs, kernel: 3, stride: 2, padding: 1, weights: xavierFanIn, bias };
  let y = preluLayer(convolution(x, `${name}.entry`, entry, scope), `${name}.entry`, scope);
  const inner = { outputs, kernel: 3, padding: 1, weights: gaussian(0.01) };
  for (let unit = 1; unit <= unitCount; unit++) {
    const at = `${name}.unit${unit}`;
    const first = preluLayer(convolution(y, `${at}.conv1`, inner, scope), `${at}.conv1`, scope);
    const second = preluLayer(convolution(first, `${at}.conv2`, inner, scope), `${at}.conv2`, scope);
    y = add(y, second);
  }
  return y;
}

/** A Sphere network with a number of residual units in each of its four stages. */
export function sphere(name: string, unitCounts: readonly [number, number, number, number]): Architecture {
  requireKind("name", name, "a text");
  requireKind("numbers of units", unitCounts, "a list");
  return {
    name,
    inputSize: [112, 96],
    embeddingSize: 512,
    divisor: 16,
    source: "Liu et al., SphereFace, CVPR 2017, and its released network definitions",
    build: (images, scope, { embeddingSize }) => {
      const features = CHANNELS.reduce(
        (x, channels, i) => stage(x, `stage${i + 1}`, channels, unitCounts[i] ?? 0, scope),
        images,
      );
      return fullyConnected(features, "fc", { outputs: embeddingSize, weights: xavierFanIn, bias }, scope);
    },
  };
}
