import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { evaluateDistractors } from "./distractors.ts";
import { cosineSimilarity, type Embeddings } from "./embeddings.ts";
import type { LabeledEmbeddings } from "./search-gallery.ts";
import { tarAtFars } from "./tar-at-far.ts";

const embeddings = (rows: readonly (readonly number[])[]): Embeddings => ({
  count: rows.length,
  size: rows[0]!.length,
  data: Float32Array.from(rows.flat()),
});
const cosine = (a: Embeddings, i: number, b: Embeddings, j: number) =>
  Math.fround(
    cosineSimilarity(a.data.subarray(i * a.size, (i + 1) * a.size), b.data.subarray(j * b.size, (j + 1) * b.size)),
  );

/** The protocol word for word: each image of a person in turn is in the gallery, and the person's others are probes. */
function byDefinition({ embeddings: probes, identities }: LabeledEmbeddings, distractors: Embeddings) {
  const all = [...Array(probes.count).keys()];
  const beaters: number[] = [];
  const strictlyBetter: number[] = [];
  const genuine: number[] = [];
  for (const mate of all) {
    for (const probe of all) {
      if (probe === mate || identities[probe] !== identities[mate]) continue;
      const score = cosine(probes, probe, probes, mate);
      if (probe < mate) genuine.push(score);
      let count = 0;
      let better = 0;
      for (let row = 0; row < distractors.count; row++) {
        const other = cosine(probes, probe, distractors, row);
        if (other >= score) count++;
        if (other > score) better++;
      }
      beaters.push(count);
      strictlyBetter.push(better);
    }
  }
  const impostor = all.flatMap((probe) =>
    Array.from({ length: distractors.count }, (_, row) => cosine(probes, probe, distractors, row)),
  );
  return {
    beaters,
    strictlyBetter,
    scores: { genuine: Float32Array.from(genuine), impostor: Float32Array.from(impostor) },
  };
}

describe("evaluateDistractors", () => {
  it("follows the protocol word for word, ties and all", async () => {
    const row = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 });
    const probes = fc.array(fc.tuple(row, fc.nat(3)), { minLength: 5, maxLength: 12 });
    const distractorRows = fc.array(row, { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(probes, distractorRows, fc.integer({ min: 1, max: 5 }), async (faces, others, maximumRank) => {
        const known = { embeddings: embeddings(faces.map(([x]) => x)), identities: faces.map(([, person]) => person) };
        const distractors = embeddings(others);
        const fars = [1e-6, 0.01, 0.2, 1];
        const result = await evaluateDistractors(known, distractors, { maximumRank, fars, threads: 1 });
        const { beaters, strictlyBetter, scores } = byDefinition(known, distractors);
        expect(result.trialCount).toBe(beaters.length);
        const rates = (ahead: readonly number[]) =>
          Array.from({ length: maximumRank }, (_, k) => ahead.filter((count) => count <= k).length / ahead.length);
        expect([...result.rankRates]).toEqual(rates(beaters));
        expect([...result.lenientRankRates]).toEqual(rates(strictlyBetter));
        expect(result.points).toEqual(tarAtFars(scores, fars));
      }),
      { numRuns: 50 },
    );
  });

  it("worked by hand: the mate at 30° has one distractor nearer, at 20°", async () => {
    const at = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const known = { embeddings: embeddings([at(0), at(30)]), identities: [7, 7] };
    const result = await evaluateDistractors(known, embeddings([at(-20), at(90), at(180)]), {
      maximumRank: 2,
      fars: [0.2],
    });
    // From 0° the distractor at −20° beats the mate; from 30° the nearest are at 50° and 60°.
    expect(result).toMatchObject({ probeCount: 2, distractorCount: 3, trialCount: 2 });
    expect([...result.rankRates]).toEqual([0.5, 1]);
    // One of six impostor pairs may be accepted: the threshold is right above cos 50°.
    expect(result.points[0]).toMatchObject({ tar: 1, falseAcceptCount: 1, impostorCount: 6 });
    expect(result.points[0]!.threshold).toBeCloseTo(Math.cos((50 * Math.PI) / 180), 6);
  });

  it("needs two images of someone, and an identity for each", async () => {
    const two = embeddings([
      [1, 0],
      [0, 1],
    ]);
    await expect(evaluateDistractors({ embeddings: two, identities: [1, 2] }, two)).rejects.toThrow(
      "expected at least two of one person",
    );
    await expect(evaluateDistractors({ embeddings: two, identities: [1] }, two)).rejects.toThrow(OptionError);
    await expect(evaluateDistractors({ embeddings: two, identities: [1, 1] }, two, { maximumRank: 0 })).rejects.toThrow(
      OptionError,
    );
    await expect(evaluateDistractors({ embeddings: two, identities: [1, 1] }, two, { fars: [2] })).rejects.toThrow(
      OptionError,
    );
  });
});
