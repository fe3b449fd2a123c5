/** The printed graph of each network block at small sizes, so that a review sees every change of a network. */
import { describe, expect, it } from "vitest";
import { input, printGraph, type Value } from "../../compiler/graph/index.ts";
import { gaussian, kaimingUniform } from "./initializers.ts";
import { block } from "./iresnet.ts";
import { batchNormLayer, convolution, fullyConnected, preluLayer } from "./layers.ts";
import { bottleneck } from "./mobilefacenet.ts";
import { Scope } from "./scope.ts";
import { stage } from "./sphere.ts";
import { halve } from "./toy.ts";

/** The graph of a block of a 4-channel feature map, with the next values of its running statistics when training. */
function print(build: (x: Value, scope: Scope) => Value, { training = false } = {}): string {
  const scope = new Scope(training);
  const y = build(input("x", "f32", [2, 4, 6, 6]), scope);
  const next = scope.statistics.map(({ name, next }): [string, Value] => [`next ${name}`, next]);
  return printGraph({ name: "block", outputs: { y, ...(training ? Object.fromEntries(next) : {}) } });
}

const weights = gaussian(0.1);
const bias = { initializer: weights };

describe("layers print as text:", () => {
  it("a convolution with a bias, in groups", () => {
    const layer = { outputs: 8, kernel: 3, stride: 2, padding: 1, groups: 2, weights, bias };
    expect(print((x, scope) => convolution(x, "conv", layer, scope))).toMatchInlineSnapshot(`
      "block(x: f32[2,4,6,6], conv.weight: f32[8,2,3,3], conv.bias: f32[8])
        a: f32[2,8,3,3] = conv2d x conv.weight conv.bias stride=[2,2] padding=[1,1,1,1] dilation=[1,1] groups=2
        return y=a"
    `);
  });

  it("a PReLU", () => {
    expect(print((x, scope) => preluLayer(x, "prelu", scope))).toMatchInlineSnapshot(`
      "block(x: f32[2,4,6,6], prelu.slope: f32[4])
        a: f32[4,1,1] = reshape prelu.slope shape=[4,1,1]
        b: f32[2,4,6,6] = prelu x a
        return y=b"
    `);
  });

  it("a batch normalization at inference", () => {
    expect(print((x, scope) => batchNormLayer(x, "bn", scope))).toMatchInlineSnapshot(`
      "block(x: f32[2,4,6,6], bn.weight: f32[4], bn.bias: f32[4], bn.mean: f32[4], bn.variance: f32[4])
        a: f32[2,4,6,6] = batchNorm x bn.weight bn.bias bn.mean bn.variance epsilon=0.00001
        return y=a"
    `);
  });

  it("a batch normalization in training", () => {
    expect(print((x, scope) => batchNormLayer(x, "bn", scope), { training: true })).toMatchInlineSnapshot(`
      "block(x: f32[2,4,6,6], bn.weight: f32[4], bn.bias: f32[4], bn.mean: f32[4], bn.variance: f32[4])
        a: f32[2,4,6,6], b: f32[4], c: f32[4] = batchNormTraining x bn.weight bn.bias epsilon=0.00001
        d: f32[4] = mul bn.mean 0.9
        e: f32[4] = mul b 0.1
        f: f32[4] = add d e
        g: f32[4] = mul bn.variance 0.9
        h: f32[4] = mul c 1.0140845
        i: f32[4] = mul h 0.1
        j: f32[4] = add g i
        return y=a next bn.mean=f next bn.variance=j"
    `);
  });

  it("a fully connected layer", () => {
    const layer = { outputs: 5, weights: kaimingUniform, bias };
    expect(print((x, scope) => fullyConnected(x, "fc", layer, scope))).toMatchInlineSnapshot(`
      "block(x: f32[2,4,6,6], fc.weight: f32[5,144], fc.bias: f32[5])
        a: f32[2,144] = reshape x shape=[2,144]
        b: f32[2,5] = matmul a fc.weight transposeA=false transposeB=true
        c: f32[2,5] = add b fc.bias
        return y=c"
    `);
  });
});

describe("blocks print as text:", () => {
  it("a stage of a Sphere network with one residual unit", () => {
    expect(print((x, scope) => stage(x, "stage", 8, 1, scope))).toMatchInlineSnapshot(`
      "block(x: f32[2,4,6,6], stage.entry.weight: f32[8,4,3,3], stage.entry.bias: f32[8], stage.entry.slope: f32[8], stage.unit1.conv1.weight: f32[8,8,3,3], stage.unit1.conv1.slope: f32[8], stage.unit1.conv2.weight: f32[8,8,3,3], stage.unit1.conv2.slope: f32[8])
        a: f32[2,8,3,3] = conv2d x stage.entry.weight stage.entry.bias stride=[2,2] padding=[1,1,1,1] dilation=[1,1] groups=1
        b: f32[8,1,1] = reshape stage.entry.slope shape=[8,1,1]
        c: f32[2,8,3,3] = prelu a b
        d: f32[2,8,3,3] = conv2d c stage.unit1.conv1.weight stride=[1,1] padding=[1,1,1,1] dilation=[1,1] groups=1
        e: f32[8,1,1] = reshape stage.unit1.conv1.slope shape=[8,1,1]
        f: f32[2,8,3,3] = prelu d e
        g: f32[2,8,3,3] = conv2d f stage.unit1.conv2.weight stride=[1,1] padding=[1,1,1,1] dilation=[1,1] groups=1
        h: f32[8,1,1] = reshape stage.unit1.conv2.slope shape=[8,1,1]
        i: f32[2,8,3,3] = prelu g h
        j: f32[2,8,3,3] = add c i
        return y=j"
    `);
  });

  it("a block of an IResNet that keeps the shape", () => {
    expect(print((x, scope) => block(x, "block", { outputs: 4, strides: [1, 1] }, scope))).toMatchInlineSnapshot(`
      "block(x: f32[2,4,6,6], block.bn1.weight: f32[4], block.bn1.bias: f32[4], block.bn1.mean: f32[4], block.bn1.variance: f32[4], block.conv1.weight: f32[4,4,3,3], block.bn2.weight: f32[4], block.bn2.bias: f32[4], block.bn2.mean: f32[4], block.bn2.variance: f32[4], block.prelu.slope: f32[4], block.conv2.weight: f32[4,4,3,3], block.bn3.weight: f32[4], block.bn3.bias: f32[4], block.bn3.mean: f32[4], block.bn3.variance: f32[4])
        a: f32[2,4,6,6] = batchNorm x block.bn1.weight block.bn1.bias block.bn1.mean block.bn1.variance epsilon=0.00001
        b: f32[2,4,6,6] = conv2d a block.conv1.weight stride=[1,1] padding=[1,1,1,1] dilation=[1,1] groups=1
        c: f32[2,4,6,6] = batchNorm b block.bn2.weight block.bn2.bias block.bn2.mean block.bn2.variance epsilon=0.00001
        d: f32[4,1,1] = reshape block.prelu.slope shape=[4,1,1]
        e: f32[2,4,6,6] = prelu c d
        f: f32[2,4,6,6] = conv2d e block.conv2.weight stride=[1,1] padding=[1,1,1,1] dilation=[1,1] groups=1
        g: f32[2,4,6,6] = batchNorm f block.bn3.weight block.bn3.bias block.bn3.mean block.bn3.variance epsilon=0.00001
        h: f32[2,4,6,6] = add g x
        return y=h"
    `);
  });

  it("a block of an IResNet that halves the feature map, with its shortcut", () => {
    expect(print((x, scope) => block(x, "block", { outputs: 8, strides: [1, 2] }, scope))).toMatchInlineSnapshot(`
      "block(x: f32[2,4,6,6], block.bn1.weight: f32[4], block.bn1.bias: f32[4], block.bn1.mean: f32[4], block.bn1.variance: f32[4], block.conv1.weight: f32[8,4,3,3], block.bn2.weight: f32[8], block.bn2.bias: f32[8], block.bn2.mean: f32[8], block.bn2.variance: f32[8], block.prelu.slope: f32[8], block.conv2.weight: f32[8,8,3,3], block.bn3.weight: f32[8], block.bn3.bias: f32[8], block.bn3.mean: f32[8], block.bn3.variance: f32[8], block.shortcut.conv.weight: f32[8,4,1,1], block.shortcut.bn.weight: f32[8], block.shortcut.bn.bias: f32[8], block.shortcut.bn.mean: f32[8], block.shortcut.bn.variance: f32[8])
        a: f32[2,4,6,6] = batchNorm x block.bn1.weight block.bn1.bias block.bn1.mean block.bn1.variance epsilon=0.00001
        b: f32[2,8,6,6] = conv2d a block.conv1.weight stride=[1,1] padding=[1,1,1,1] dilation=[1,1] groups=1
        c: f32[2,8,6,6] = batchNorm b block.bn2.weight block.bn2.bias block.bn2.mean block.bn2.variance epsilon=0.00001
        d: f32[8,1,1] = reshape block.prelu.slope shape=[8,1,1]
        e: f32[2,8,6,6] = prelu c d
        f: f32[2,8,3,3] = conv2d e block.conv2.weight stride=[2,2] padding=[1,1,1,1] dilation=[1,1] groups=1
        g: f32[2,8,3,3] = batchNorm f block.bn3.weight block.bn3.bias block.bn3.mean block.bn3.variance epsilon=0.00001
        h: f32[2,8,3,3] = conv2d x block.shortcut.conv.weight stride=[2,2] padding=[0,0,0,0] dilation=[1,1] groups=1
        i: f32[2,8,3,3] = batchNorm h block.shortcut.bn.weight block.shortcut.bn.bias block.shortcut.bn.mean block.shortcut.bn.variance epsilon=0.00001
        j: f32[2,8,3,3] = add g i
        return y=j"
    `);
  });

  it("a bottleneck of MobileFaceNet that keeps the shape", () => {
    const shape = { t: 2, outputs: 4, stride: 1 };
    expect(print((x, scope) => bottleneck(x, "block", shape, scope))).toMatchInlineSnapshot(`
      "block(x: f32[2,4,6,6], block.expand.conv.weight: f32[8,4,1,1], block.expand.bn.weight: f32[8], block.expand.bn.bias: f32[8], block.expand.bn.mean: f32[8], block.expand.bn.variance: f32[8], block.expand.prelu.slope: f32[8], block.depthwise.conv.weight: f32[8,1,3,3], block.depthwise.bn.weight: f32[8], block.depthwise.bn.bias: f32[8], block.depthwise.bn.mean: f32[8], block.depthwise.bn.variance: f32[8], block.depthwise.prelu.slope: f32[8], block.project.conv.weight: f32[4,8,1,1], block.project.bn.weight: f32[4], block.project.bn.bias: f32[4], block.project.bn.mean: f32[4], block.project.bn.variance: f32[4])
        a: f32[2,8,6,6] = conv2d x block.expand.conv.weight stride=[1,1] padding=[0,0,0,0] dilation=[1,1] groups=1
        b: f32[2,8,6,6] = batchNorm a block.expand.bn.weight block.expand.bn.bias block.expand.bn.mean block.expand.bn.variance epsilon=0.00001
        c: f32[8,1,1] = reshape block.expand.prelu.slope shape=[8,1,1]
        d: f32[2,8,6,6] = prelu b c
        e: f32[2,8,6,6] = conv2d d block.depthwise.conv.weight stride=[1,1] padding=[1,1,1,1] dilation=[1,1] groups=8
        f: f32[2,8,6,6] = batchNorm e block.depthwise.bn.weight block.depthwise.bn.bias block.depthwise.bn.mean block.depthwise.bn.variance epsilon=0.00001
        g: f32[8,1,1] = reshape block.depthwise.prelu.slope shape=[8,1,1]
        h: f32[2,8,6,6] = prelu f g
        i: f32[2,4,6,6] = conv2d h block.project.conv.weight stride=[1,1] padding=[0,0,0,0] dilation=[1,1] groups=1
        j: f32[2,4,6,6] = batchNorm i block.project.bn.weight block.project.bn.bias block.project.bn.mean block.project.bn.variance epsilon=0.00001
        k: f32[2,4,6,6] = add j x
        return y=k"
    `);
  });

  it("a bottleneck of MobileFaceNet that halves the feature map", () => {
    const shape = { t: 4, outputs: 8, stride: 2 };
    expect(print((x, scope) => bottleneck(x, "block", shape, scope))).toMatchInlineSnapshot(`
      "block(x: f32[2,4,6,6], block.expand.conv.weight: f32[16,4,1,1], block.expand.bn.weight: f32[16], block.expand.bn.bias: f32[16], block.expand.bn.mean: f32[16], block.expand.bn.variance: f32[16], block.expand.prelu.slope: f32[16], block.depthwise.conv.weight: f32[16,1,3,3], block.depthwise.bn.weight: f32[16], block.depthwise.bn.bias: f32[16], block.depthwise.bn.mean: f32[16], block.depthwise.bn.variance: f32[16], block.depthwise.prelu.slope: f32[16], block.project.conv.weight: f32[8,16,1,1], block.project.bn.weight: f32[8], block.project.bn.bias: f32[8], block.project.bn.mean: f32[8], block.project.bn.variance: f32[8])
        a: f32[2,16,6,6] = conv2d x block.expand.conv.weight stride=[1,1] padding=[0,0,0,0] dilation=[1,1] groups=1
        b: f32[2,16,6,6] = batchNorm a block.expand.bn.weight block.expand.bn.bias block.expand.bn.mean block.expand.bn.variance epsilon=0.00001
        c: f32[16,1,1] = reshape block.expand.prelu.slope shape=[16,1,1]
        d: f32[2,16,6,6] = prelu b c
        e: f32[2,16,3,3] = conv2d d block.depthwise.conv.weight stride=[2,2] padding=[1,1,1,1] dilation=[1,1] groups=16
        f: f32[2,16,3,3] = batchNorm e block.depthwise.bn.weight block.depthwise.bn.bias block.depthwise.bn.mean block.depthwise.bn.variance epsilon=0.00001
        g: f32[16,1,1] = reshape block.depthwise.prelu.slope shape=[16,1,1]
        h: f32[2,16,3,3] = prelu f g
        i: f32[2,8,3,3] = conv2d h block.project.conv.weight stride=[1,1] padding=[0,0,0,0] dilation=[1,1] groups=1
        j: f32[2,8,3,3] = batchNorm i block.project.bn.weight block.project.bn.bias block.project.bn.mean block.project.bn.variance epsilon=0.00001
        return y=j"
    `);
  });

  it("a halving convolution of the toy network", () => {
    expect(print((x, scope) => halve(x, "stage", 8, scope))).toMatchInlineSnapshot(`
      "block(x: f32[2,4,6,6], stage.conv.weight: f32[8,4,3,3], stage.bn.weight: f32[8], stage.bn.bias: f32[8], stage.bn.mean: f32[8], stage.bn.variance: f32[8], stage.prelu.slope: f32[8])
        a: f32[2,8,3,3] = conv2d x stage.conv.weight stride=[2,2] padding=[1,1,1,1] dilation=[1,1] groups=1
        b: f32[2,8,3,3] = batchNorm a stage.bn.weight stage.bn.bias stage.bn.mean stage.bn.variance epsilon=0.00001
        c: f32[8,1,1] = reshape stage.prelu.slope shape=[8,1,1]
        d: f32[2,8,3,3] = prelu b c
        return y=d"
    `);
  });
});
