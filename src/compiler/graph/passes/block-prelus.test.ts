import { describe, expect, it } from "vitest";
import { reshape } from "../ops/arithmetic.ts";
import { conv2d } from "../ops/convolution/convolution.ts";
import { prelu, relu } from "../ops/selection.ts";
import { printGraph } from "../print.ts";
import { input, type Value } from "../value.ts";
import { verifyGraph } from "../verify.ts";
import { type BlockPrelusOptions, blockPrelus } from "./block-prelus.ts";

/** A PReLU behind a convolution, or behind a ReLU. */
function network(channels: number, before: "convolution" | "relu" = "convolution") {
  const x = input("x", "f32", ["n", 3, 4, 4]);
  const y = conv2d(x, input("w", "f32", [channels, 3, 1, 1]));
  const slopes = input("slopes", "f32", [channels]);
  const rectified = prelu(before === "relu" ? relu(y) : y, reshape(slopes, [channels, 1, 1]));
  return { graph: { name: "g", outputs: { y: rectified } }, slopes };
}

const known =
  (slopes: Value, slope: number): BlockPrelusOptions["dataOf"] =>
  (value) =>
    value === slopes ? new Float32Array(Number(slopes.shape[0])).fill(slope) : undefined;

describe("blockPrelus", () => {
  it("writes a PReLU as a sum of two convolutions of single channels", () => {
    const { graph, slopes } = network(16);
    const blocked = blockPrelus(graph, { dataOf: known(slopes, 0.25) });
    verifyGraph(blocked);
    expect(printGraph(blocked)).toMatchInlineSnapshot(`
      "g(x: f32[n,3,4,4], w: f32[16,3,1,1], slopes: f32[16])
        a: f32[n,16,4,4] = conv2d x w stride=[1,1] padding=[0,0,0,0] dilation=[1,1] groups=1
        b: f32[16,1,1] = reshape slopes shape=[16,1,1]
        c: f32[16,1,1,1] = reshape b shape=[16,1,1,1]
        d: f32[n,16,4,4] = conv2d a c stride=[1,1] padding=[0,0,0,0] dilation=[1,1] groups=16
        e: f32[16,1,1,1] = sub 1 c
        f: f32[n,16,4,4] = conv2d a e stride=[1,1] padding=[0,0,0,0] dilation=[1,1] groups=16
        g: f32[n,16,4,4] = relu f
        h: f32[n,16,4,4] = add d g
        return y=h"
    `);
  });

  it.each<[string, ReturnType<typeof network>, (slopes: Value) => BlockPrelusOptions]>([
    ["slopes are above 1", network(16), (slopes) => ({ dataOf: known(slopes, 1.5) })],
    ["slopes are not known", network(16), () => ({ dataOf: () => undefined })],
    ["channels do not fill blocks", network(12), (slopes) => ({ dataOf: known(slopes, 0.25) })],
    ["no convolution is before it", network(16, "relu"), (slopes) => ({ dataOf: known(slopes, 0.25) })],
    [
      "the convolution is not blocked",
      network(16),
      (slopes) => ({ dataOf: known(slopes, 0.25), isBlocked: () => false }),
    ],
  ])("keeps it where %s", (_, { graph, slopes }, options) => {
    expect(printGraph(blockPrelus(graph, options(slopes)))).toBe(printGraph(graph));
  });
});
