import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { angleGrid, logitsAt } from "../../../test/loss-curves.ts";
import { OptionError, random } from "../../base/core/index.ts";
import { cosFace } from "./cosface.ts";
import { evaluateLoss } from "./evaluate-loss.ts";

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, k) => sum + value * b[k]!, 0);
const norm = (a: readonly number[]) => Math.sqrt(dot(a, a));

describe("cosFace", () => {
  it("is worked out by hand: cosines 0.6 and 0.8, m = 0.2, s = 10 give equal logits", async () => {
    const { loss, embeddingGradients, centerGradients } = await evaluateLoss({
      loss: { name: "cosface", margin: 0.2, scale: 10 },
      embeddings: [[3, 4]],
      centers: [
        [1, 0],
        [0, 2],
      ],
      labels: [1],
    });
    expect(loss).toBeCloseTo(Math.LN2, 5);
    // p = ½, so ∂L/∂x̂ = 5·(ŵ₀ − ŵ₁) = (5, −5); without its part along x̂ = (0.6, 0.8), over ‖x‖
    // = 5.
    expect(embeddingGradients[0]![0]).toBeCloseTo(1.12, 4);
    expect(embeddingGradients[0]![1]).toBeCloseTo(-0.84, 4);
    // ∂L/∂w₀ = 5·(x̂ − 0.6·ŵ₀), ∂L/∂w₁ = −5·(x̂ − 0.8·ŵ₁)/2.
    const expected = [0, 4, -1.5, 0];
    for (const [k, gradient] of centerGradients.flat().entries()) expect(gradient).toBeCloseTo(expected[k]!, 4);
  });

  it("lowers the target's logit by s·m at every angle, and no other", async () => {
    const angles = angleGrid(181);
    const curve = await logitsAt(cosFace({ margin: 0.35, scale: 64 }), angles);
    for (const [i, { target, other }] of curve.entries()) {
      expect(Math.abs(target - 64 * (Math.cos(angles[i]!) - 0.35))).toBeLessThan(2e-5);
      expect(Math.abs(other - 64 * Math.sin(angles[i]!))).toBeLessThan(2e-5);
    }
  });

  it("takes a margin that is warmed up in place of its own", async () => {
    const warmed = await logitsAt(cosFace({ margin: 0.35, scale: 64 }), [0.4, 1], { margin: 0.1 });
    const fixed = await logitsAt(cosFace({ margin: 0.1, scale: 64 }), [0.4, 1]);
    for (const [i, { target }] of warmed.entries()) expect(target).toBeCloseTo(fixed[i]!.target, 4);
  });

  it("does not depend on lengths: gradients are orthogonal to embeddings and centers, and shrink as these grow", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(2, 5, 40), async (seed, size) => {
        const stream = random(seed);
        const rows = (count: number) =>
          Array.from({ length: count }, () => Array.from({ length: size }, () => stream.normal()));
        const [embeddings, centers, labels] = [rows(4), rows(7), [0, 1, 6, 6]];
        const loss = { name: "cosface", scale: 16, margin: 0.35 } as const;
        const given = { loss, embeddings, centers, labels };
        const small = await evaluateLoss(given);
        for (const [x, gradient] of [
          ...embeddings.map((row, i) => [row, small.embeddingGradients[i]!] as const),
          ...centers.map((row, j) => [row, small.centerGradients[j]!] as const),
        ]) {
          expect(Math.abs(dot(x, gradient))).toBeLessThan(1e-5 * (1 + norm(x) * norm(gradient)));
        }
        const large = await evaluateLoss({ ...given, embeddings: embeddings.map((row) => row.map((v) => v * 1000)) });
        expect(Math.abs(large.loss - small.loss)).toBeLessThan(1e-4 * small.loss);
        const first = small.embeddingGradients.flat();
        const largest = Math.max(...first.map(Math.abs));
        for (const [k, gradient] of large.embeddingGradients.flat().entries()) {
          expect(Math.abs(gradient * 1000 - first[k]!)).toBeLessThan(1e-4 * largest);
        }
      }),
      { numRuns: 6 },
    );
  });

  it("refuses options out of range", () => {
    for (const margin of [-0.1, 2.1, Number.NaN]) expect(() => cosFace({ margin })).toThrow(OptionError);
    for (const scale of [0, -64, Number.NaN])
      expect(() => cosFace({ scale })).toThrow(/^cosface: scale: got .*positive/);
  });
});
