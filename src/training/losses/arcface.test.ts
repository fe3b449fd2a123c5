import { describe, expect, it } from "vitest";
import { angleGrid, logitsAt } from "../../../test/loss-curves.ts";
import { cosine, crossEntropy, drawnBatch, expectEverywhere } from "../../../test/loss-definition.ts";
import { relativeError } from "../../../test/reference-losses.ts";
import { OptionError } from "../../base/core/index.ts";
import { arcFace } from "./arcface.ts";
import { evaluateLoss } from "./evaluate-loss.ts";

describe("arcFace", () => {
  it("is worked out by hand: 90° and a margin of 30° give cos 120°", async () => {
    const { loss } = await evaluateLoss({
      loss: { name: "arcface", marginRadians: Math.PI / 6, scale: 2 },
      embeddings: [[4, 0]],
      centers: [
        [0, 1],
        [3, 0],
      ],
      labels: [0],
    });
    expect(loss).toBeCloseTo(Math.log1p(Math.exp(2 * (1 + 0.5))), 5);
  });

  it("is cos(θ + m) up to θ = π − m, cos θ − m·sin m beyond, and falls everywhere", async () => {
    const m = 0.5;
    const angles = angleGrid(1201).filter((angle) => Math.abs(angle - (Math.PI - m)) > 1e-4);
    const curve = await logitsAt(arcFace({ marginRadians: m, scale: 1 }), angles);
    for (const [i, { target }] of curve.entries()) {
      const angle = angles[i]!;
      const expected = angle < Math.PI - m ? Math.cos(angle + m) : Math.cos(angle) - m * Math.sin(m);
      expect(Math.abs(target - expected)).toBeLessThan(5e-7);
      if (i > 0) expect(target).toBeLessThan(curve[i - 1]!.target + 1e-7);
    }
  });

  it("takes a margin that is warmed up in place of its own, on both branches", async () => {
    const angles = [0.2, 1, 2.9];
    const warmed = await logitsAt(arcFace({ marginRadians: 0.5, scale: 8 }), angles, { margin: 0.3 });
    const fixed = await logitsAt(arcFace({ marginRadians: 0.3, scale: 8 }), angles);
    for (const [i, { target }] of warmed.entries()) expect(target).toBeCloseTo(fixed[i]!.target, 5);
    const none = await logitsAt(arcFace({ marginRadians: 0.5, scale: 8 }), angles, { margin: 0 });
    for (const [i, { target }] of none.entries()) expect(target).toBeCloseTo(8 * Math.cos(angles[i]!), 5);
  });

  it("with a detached gradient agrees with the f64 reference of InsightFace's code", async () => {
    const [m, s] = [0.5, 64];
    await expectEverywhere(
      { name: "arcface", gradient: "detached" },
      (given) => {
        // cos(θ + m) − cos θ counts as a constant: that of the given batch. There is no branch beyond π − m.
        const added = given.embeddings.map((x, i) => {
          const c = cosine(x, given.centers[given.labels[i]!]!);
          return Math.cos(Math.acos(c) + m) - c;
        });
        return ({ embeddings, centers, labels }) =>
          crossEntropy(
            embeddings.map((x, i) => centers.map((w, j) => s * (cosine(x, w) + (j === labels[i] ? added[i]! : 0)))),
            labels,
          );
      },
      { angles: [0.05, 1, Math.PI - m - 0.01, Math.PI - m + 0.01, 3, Math.PI - 0.05] },
    );
  });

  it("has the same loss and another gradient when it is detached", async () => {
    const batch = drawnBatch(2);
    const exact = await evaluateLoss({ loss: { name: "arcface" }, ...batch });
    const detached = await evaluateLoss({ loss: { name: "arcface", gradient: "detached" }, ...batch });
    expect(Math.abs(detached.loss / exact.loss - 1)).toBeLessThan(1e-6);
    expect(relativeError(detached.embeddingGradients, exact.embeddingGradients)).toBeGreaterThan(0.1);
  });

  it("refuses options out of range", () => {
    expect(arcFace()).toMatchObject({ margin: 0.5, scale: 64 });
    for (const marginRadians of [-0.1, 1.6, Number.NaN]) expect(() => arcFace({ marginRadians })).toThrow(OptionError);
    expect(() => arcFace({ scale: 0 })).toThrow(OptionError);
  });
});
