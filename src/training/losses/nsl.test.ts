import { describe, expect, it } from "vitest";
import { OptionError, random } from "../../base/core/index.ts";
import { cosFace } from "./cosface.ts";
import { evaluateLoss } from "./evaluate-loss.ts";
import { nsl } from "./nsl.ts";

const normals = (rows: number, size: number, seed: number) => {
  const stream = random(seed, "nsl.test");
  return Array.from({ length: rows }, () => Array.from({ length: size }, () => stream.normal()));
};

describe("nsl", () => {
  it("is worked out by hand: cosines 0.6 and 0.8, s = 5, the target second", async () => {
    const { loss } = await evaluateLoss({
      loss: { name: "nsl", scale: 5 },
      embeddings: [[3, 4]],
      centers: [
        [7, 0],
        [0, 2],
      ],
      labels: [1],
    });
    expect(loss).toBeCloseTo(Math.log1p(Math.exp(3 - 4)), 6);
  });

  it("is CosFace without a margin", async () => {
    const given = { embeddings: normals(6, 8, 1), centers: normals(10, 8, 2), labels: [0, 3, 9, 9, 1, 5] };
    const plain = await evaluateLoss({ ...given, loss: { name: "nsl", scale: 30 } });
    const withoutMargin = await evaluateLoss({ ...given, loss: { name: "cosface", scale: 30, margin: 0 } });
    expect(withoutMargin).toEqual(plain);
    const withMargin = await evaluateLoss({ ...given, loss: { name: "cosface", scale: 30, margin: 0.01 } });
    expect(withMargin.loss).toBeGreaterThan(plain.loss);
  });

  it("of random embeddings is near its expectation ln(C − 1) + s²/2d, and CosFace's is s·m higher", async () => {
    // Cosines are nearly N(0, 1/d); the mean over 64 samples strays by s/√(64·d) = 0.06.
    const [identityCount, size, scale, margin] = [100, 512, 10, 0.35];
    const labels = Array.from({ length: 64 }, (_, i) => i % identityCount);
    const given = { embeddings: normals(64, size, 3), centers: normals(identityCount, size, 4), labels };
    const expected = Math.log(identityCount - 1) + scale ** 2 / (2 * size);
    const plain = await evaluateLoss({ ...given, loss: { name: "nsl", scale } });
    expect(Math.abs(plain.loss - expected)).toBeLessThan(0.2);
    const margined = await evaluateLoss({ ...given, loss: { name: "cosface", scale, margin } });
    expect(Math.abs(margined.loss - expected - scale * margin)).toBeLessThan(0.2);
  });

  it("takes a positive scale, by default the paper's 64", () => {
    expect(nsl().scale).toBe(64);
    expect(cosFace()).toMatchObject({ scale: 64, margin: 0.35 });
    for (const scale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => nsl({ scale })).toThrow(OptionError);
  });
});
