/**
 * MobileFaceNet (Chen et al., 2018): inverted bottlenecks of depthwise convolutions, and a depthwise convolution over
 * the whole last feature map instead of pooling, so that every position has its own weights.
 */
import { requireInteger, requireKind } from "../../base/core/index.ts";
import { add, fixedSize, reshape, type Value } from "../../compiler/graph/index.ts";
import { kaimingFanOut } from "./initializers.ts";
import { batchNormLayer, type ConvolutionLayer, convolution, preluLayer } from "./layers.ts";
import type { Architecture } from "./network.ts";
import type { Scope } from "./scope.ts";

type Layer = Omit<ConvolutionLayer, "weights" | "bias">;

/** Convolution and batch normalization, without activation. */
function linear(x: Value, name: string, layer: Layer, scope: Scope): Value {
  const weights = kaimingFanOut(layer.groups);
  return batchNormLayer(convolution(x, `${name}.conv`, { ...layer, weights }, scope), `${name}.bn`, scope);
}

/** Convolution, batch normalization and PReLU. */
function active(x: Value, name: string, layer: Layer, scope: Scope): Value {
  return preluLayer(linear(x, name, layer, scope), `${name}.prelu`, scope);
}

/**
 * 1×1 to t times the channels, 3×3 depthwise, 1×1 to the outputs without activation; residual if the shape is equal.
 */
export function bottleneck(
  x: Value,
  name: string,
  { t, outputs, stride }: { readonly t: number; readonly outputs: number; readonly stride: number },
  scope: Scope,
): Value {
  const channels = fixedSize(name, x.shape[1]);
  const inner = channels * t;
  const wide = active(x, `${name}.expand`, { outputs: inner, kernel: 1 }, scope);
  const filter = { outputs: inner, kernel: 3, stride, padding: 1, groups: inner };
  const filtered = active(wide, `${name}.depthwise`, filter, scope);
  const y = linear(filtered, `${name}.project`, { outputs, kernel: 1 }, scope);
  return stride === 1 && channels === outputs ? add(y, x) : y;
}

/** Table 1 of the paper: expansion t, channels c, repeats n, stride s of the first repeat. */
const BOTTLENECKS = [
  { t: 2, c: 64, n: 5, s: 2 },
  { t: 4, c: 128, n: 1, s: 2 },
  { t: 2, c: 128, n: 6, s: 1 },
  { t: 4, c: 128, n: 1, s: 2 },
  { t: 2, c: 128, n: 2, s: 1 },
];

/** MobileFaceNet with the given embedding size (128 in the paper). */
export function mobileFaceNet(name: string, embeddingSize: number): Architecture {
  requireKind("name", name, "a text");
  requireInteger("embedding size", embeddingSize, 1);
  return {
    name,
    inputSize: [112, 112],
    embeddingSize,
    divisor: 16,
    source: "Chen et al., MobileFaceNets, CCBR 2018, table 1",
    build: (images, scope, options) => {
      let y = active(images, "stem", { outputs: 64, kernel: 3, stride: 2, padding: 1 }, scope);
      y = active(y, "stem.depthwise", { outputs: 64, kernel: 3, padding: 1, groups: 64 }, scope);
      for (const [stage, { t, c, n, s }] of BOTTLENECKS.entries()) {
        for (let i = 0; i < n; i++) {
          const shape = { t, outputs: c, stride: i === 0 ? s : 1 };
          y = bottleneck(y, `stage${stage + 1}.block${i + 1}`, shape, scope);
        }
      }
      y = active(y, "head", { outputs: 512, kernel: 1 }, scope);
      const [batch = 1, , height, width] = y.shape;
      const map = [fixedSize(name, height), fixedSize(name, width)] as const;
      y = linear(y, "head.depthwise", { outputs: 512, kernel: map, groups: 512 }, scope);
      y = linear(y, "head.features", { outputs: options.embeddingSize, kernel: 1 }, scope);
      return reshape(y, [batch, options.embeddingSize]);
    },
  };
}
