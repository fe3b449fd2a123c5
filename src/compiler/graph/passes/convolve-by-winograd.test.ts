import { describe, expect, it } from "vitest";
import { add } from "../ops/arithmetic.ts";
import { conv2d } from "../ops/convolution/convolution.ts";
import type { ConvolutionOptions } from "../ops/convolution/options.ts";
import { batchNorm } from "../ops/normalization.ts";
import { printGraph } from "../print.ts";
import { input, type Value } from "../value.ts";
import { verifyGraph } from "../verify.ts";
import { convolveByWinograd, hasGainByWinograd } from "./convolve-by-winograd.ts";

function normalized(x: Value, name: string): Value {
  const [, channels = 0] = x.shape;
  const vector = (what: string) => input(`${name}.${what}`, "f32", [channels]);
  return batchNorm(x, {
    scale: vector("scale"),
    shift: vector("shift"),
    mean: vector("mean"),
    variance: vector("var"),
  });
}

const map = (channels: number, side = 8) => input("x", "f32", ["n", channels, side, side]);
const convolved = (x: Value, options: ConvolutionOptions = {}) =>
  conv2d(x, input("w", "f32", [128, Number(x.shape[1]), 3, 3]), { padding: [1, 1, 1, 1], ...options });
const graphOf = (y: Value) => ({ name: "g", outputs: { y } });
const print = (y: Value): string => {
  const graph = convolveByWinograd(graphOf(y));
  verifyGraph(graph);
  return printGraph(graph);
};

describe("convolveByWinograd", () => {
  it("folds the batch normalization behind a convolution into it", () => {
    expect(print(normalized(convolved(map(128)), "behind"))).toMatchInlineSnapshot(`
      "g(x: f32[n,128,8,8], w: f32[128,128,3,3], behind.scale: f32[128], behind.var: f32[128], behind.shift: f32[128], behind.mean: f32[128])
        a: f32[128] = add behind.var 0.00001
        b: f32[128] = pow a exponent=0.5
        c: f32[128] = div behind.scale b
        d: f32[128,1,1,1] = reshape c shape=[128,1,1,1]
        e: f32[128,128,3,3] = mul w d
        f: f32[n,128,8,8] = conv2d x e stride=[1,1] padding=[1,1,1,1] dilation=[1,1] groups=1 lowering=winograd
        g: f32[128] = mul behind.mean c
        h: f32[128] = sub behind.shift g
        i: f32[128,1,1] = reshape h shape=[128,1,1]
        j: f32[n,128,8,8] = add f i
        return y=j"
    `);
  });

  it("folds the batch normalization before a convolution into it", () => {
    expect(print(convolved(normalized(map(128), "before")))).toMatchInlineSnapshot(`
      "g(x: f32[n,128,8,8], w: f32[128,128,3,3], before.scale: f32[128], before.var: f32[128], before.shift: f32[128], before.mean: f32[128])
        a: f32[128] = add before.var 0.00001
        b: f32[128] = pow a exponent=0.5
        c: f32[128] = div before.scale b
        d: f32[128,1,1] = reshape c shape=[128,1,1]
        e: f32[128,128,3,3] = mul w d
        f: f32[n,128,8,8] = conv2d x e stride=[1,1] padding=[1,1,1,1] dilation=[1,1] groups=1 lowering=winograd
        g: f32[128] = mul before.mean c
        h: f32[128] = sub before.shift g
        i: f32[128,1,1] = reshape h shape=[128,1,1]
        j: f32[1,128,8,8] = broadcastTo i shape=[1,128,8,8]
        k: f32[1,128,8,8] = conv2d j w stride=[1,1] padding=[1,1,1,1] dilation=[1,1] groups=1
        l: f32[n,128,8,8] = add f k
        return y=l"
    `);
  });

  it("keeps a normalization whose input is used elsewhere", () => {
    const y = convolved(map(128));
    const text = print(add(normalized(y, "behind"), y));
    expect(text).toMatch(/conv2d x w .* lowering=winograd\n.*= batchNorm/);
  });

  it.each<[string, Value]>([
    ["few channels", convolved(map(64))],
    ["stride 2", convolved(map(128), { stride: [2, 2] })],
    ["large feature maps", convolved(map(128, 40))],
  ])("leaves convolutions with %s", (_, y) => {
    expect(hasGainByWinograd(graphOf(y))).toBe(false);
    expect(print(y)).toBe(printGraph(graphOf(y)));
  });
});
