/**
 * IResNet: the improved residual networks of InsightFace (ArcFace, Deng et al.; Duta et al., 2020).
 *
 * A block is BN – conv 3×3 – BN – PReLU – conv 3×3 with the stride – BN, plus its shortcut, without an
 * activation after the addition. Each of the four stages halves the feature map. Convolutions have no bias, because a
 * batch normalization follows each.
 */
import { requireKind, requireKnownKeys } from "../../base/core/index.ts";
import { add, type Value } from "../../compiler/graph/index.ts";
import { constantly, gaussian, kaimingUniform } from "./initializers.ts";
import { batchNormLayer, convolution, fullyConnected, preluLayer } from "./layers.ts";
import type { Architecture } from "./network.ts";
import type { Scope } from "./scope.ts";

/** Convolution weights of the source: N(0, 0.1²). */
const weights = gaussian(0.1);

type BlockShape = {
  readonly outputs: number;
  /** Strides of the two convolutions; the shortcut has their product. */
  readonly strides: readonly [number, number];
};

/** One residual block. */
export function block(x: Value, name: string, { outputs, strides }: BlockShape, scope: Scope): Value {
  const stride = strides[0] * strides[1];
  const layer = (stride: number) => ({ outputs, kernel: 3, stride, padding: 1, weights });
  const normalized = batchNormLayer(x, `${name}.bn1`, scope);
  const first = convolution(normalized, `${name}.conv1`, layer(strides[0]), scope);
  const active = preluLayer(batchNormLayer(first, `${name}.bn2`, scope), `${name}.prelu`, scope);
  const second = convolution(active, `${name}.conv2`, layer(strides[1]), scope);
  const y = batchNormLayer(second, `${name}.bn3`, scope);
  if (stride === 1 && x.shape[1] === outputs) return add(y, x);
  const shortcut = convolution(x, `${name}.shortcut.conv`, { outputs, kernel: 1, stride, weights }, scope);
  return add(y, batchNormLayer(shortcut, `${name}.shortcut.bn`, scope));
}

/** Published channels of the four stages. */
const CHANNELS = [64, 128, 256, 512] as const;

/** Differences from the published IResNets. */
export type IResNetOptions = {
  /** Channels of the four stages. */
  readonly channels?: readonly [number, number, number, number];
  /**
   * Halve the feature map in the first convolution of a stage, as He et al. do, instead of the second: half the
   * arithmetic.
   */
  readonly isStrideFirst?: boolean;
};

/** An IResNet with a number of blocks in each of its four stages. */
export function iresnet(
  name: string,
  blockCounts: readonly [number, number, number, number],
  options: IResNetOptions = {},
): Architecture {
  requireKind("name", name, "a text");
  requireKind("numbers of blocks", blockCounts, "a list");
  requireKnownKeys("options of iresnet", options, { channels: true, isStrideFirst: true });
  const { channels = CHANNELS, isStrideFirst = false } = options;
  const halving = isStrideFirst ? ([2, 1] as const) : ([1, 2] as const);
  return {
    name,
    inputSize: [112, 112],
    embeddingSize: 512,
    divisor: 16,
    source: "InsightFace, arcface_torch/backbones/iresnet.py",
    build: (images, scope, { embeddingSize }) => {
      const stem = convolution(images, "stem.conv", { outputs: channels[0], kernel: 3, padding: 1, weights }, scope);
      let y = preluLayer(batchNormLayer(stem, "stem.bn", scope), "stem.prelu", scope);
      for (const [stage, outputs] of channels.entries()) {
        for (let i = 0; i < (blockCounts[stage] ?? 0); i++) {
          const shape: BlockShape = { outputs, strides: i === 0 ? halving : [1, 1] };
          y = block(y, `stage${stage + 1}.block${i + 1}`, shape, scope);
        }
      }
      y = batchNormLayer(y, "head.bn", scope);
      const bias = { initializer: constantly(0), decay: false };
      y = fullyConnected(y, "head.fc", { outputs: embeddingSize, weights: kaimingUniform, bias }, scope);
      return batchNormLayer(y, "head.features", scope, { freezeScale: true });
    },
  };
}
