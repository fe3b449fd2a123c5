import { describe, expect, it } from "vitest";
import { random } from "../../base/core/index.ts";
import { cosineSimilarity, type LabeledEmbeddings } from "../../measure/eval/index.ts";
import { hardPairs } from "./hard-pairs.ts";

function draw(seed: number, count: number): LabeledEmbeddings & { readonly identities: readonly number[] } {
  const stream = random(seed, "hard pairs");
  const data = Float32Array.from({ length: 3 * count }, () => stream.normal());
  return { embeddings: { count, size: 3, data }, identities: Array.from({ length: count }, (_, i) => i >> 1) };
}

/** All pairs by the definition. */
function slowPairs({ embeddings, identities }: ReturnType<typeof draw>) {
  const row = (i: number) => embeddings.data.subarray(3 * i, 3 * i + 3);
  return identities.flatMap((person, left) =>
    identities.slice(left + 1).map((other, i) => ({
      left,
      right: left + 1 + i,
      score: cosineSimilarity(row(left), row(left + 1 + i)),
      isSame: person === other,
    })),
  );
}

describe("hardPairs", () => {
  it("finds the worst pairs, each image once of a kind", () => {
    const drawn = draw(1, 60);
    const { genuine, impostor } = hardPairs(drawn, 5, undefined);
    const slow = slowPairs(drawn);
    const lowest = slow.filter(({ isSame }) => isSame).sort((a, b) => a.score - b.score);
    expect(genuine.map(({ left, right }) => [left, right])).toEqual(
      lowest.slice(0, 5).map(({ left, right }) => [left, right]),
    );
    const used = new Set<number>();
    const highest = slow
      .filter(({ isSame }) => !isSame)
      .sort((a, b) => b.score - a.score)
      .filter(({ left, right }) => {
        if (used.has(left) || used.has(right)) return false;
        used.add(left).add(right);
        return true;
      });
    expect(impostor.map(({ left, right }) => [left, right])).toEqual(
      highest.slice(0, 5).map(({ left, right }) => [left, right]),
    );
    for (const [i, { score }] of impostor.entries()) expect(score).toBeCloseTo(highest[i]!.score, 6);
  });

  it("doubts the labels that are more alike another person, the most doubtful first, one after another", () => {
    const drawn = draw(2, 40);
    const { labels } = hardPairs(drawn, 40, 0.5);
    const slow = slowPairs(drawn);
    const inDoubt = new Set<number>();
    const best = (row: number, isSame: boolean) =>
      slow
        .filter((pair) => (pair.left === row || pair.right === row) && pair.isSame === isSame)
        .filter(({ left, right }) => !isSame || !(inDoubt.has(left) || inDoubt.has(right)))
        .reduce((most, { score }) => Math.max(most, score), -2);
    const expected: { row: number; own: number; other: number }[] = [];
    for (;;) {
      const [worst] = drawn.identities
        .map((_, row) => ({ row, own: best(row, true), other: best(row, false) }))
        .filter(({ own, other }) => own > -2 && own < 0.5 && other >= 0.5)
        .sort((a, b) => b.other - b.own - (a.other - a.own));
      if (worst === undefined) break;
      expected.push(worst);
      inDoubt.add(worst.row);
    }
    expect(expected.length).toBeGreaterThan(3);
    expect(labels.map(({ row }) => row)).toEqual(expected.map(({ row }) => row));
    expect(labels[0]?.other.score).toBeCloseTo(expected[0]!.other, 6);
    // Of two images of a person, at most one is in doubt.
    expect(new Set(labels.map(({ row }) => drawn.identities[row])).size).toBe(labels.length);
  });
});
