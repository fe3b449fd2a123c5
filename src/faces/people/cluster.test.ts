import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError, random } from "../../base/core/index.ts";
import { clusteringAgreement, cosineSimilarity, type Embeddings } from "../../measure/eval/index.ts";
import { cluster } from "./cluster.ts";
import { samplePeople } from "./sample-people.ts";

function degrees(...angles: readonly number[]): Embeddings {
  const data = Float32Array.from(angles.flatMap((a) => [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)]));
  return { count: angles.length, size: 2, data };
}

const rowOf = ({ size, data }: Embeddings, row: number) => data.subarray(row * size, (row + 1) * size);

/** Mean cosine over all pairs between two clusters, by its definition. */
function meanCosine(embeddings: Embeddings, left: readonly number[], right: readonly number[]): number {
  const cosines = left.flatMap((a) => right.map((b) => cosineSimilarity(rowOf(embeddings, a), rowOf(embeddings, b))));
  return cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
}

describe("cluster", () => {
  it("finds people that are apart, whatever their number, and leaves the lone ones unassigned", () => {
    const people = samplePeople(2, [1, 7, 3, 1, 12, 2, 1], { spread: 0.4 });
    const { labels, clusterCount, unassignedCount } = cluster(people.embeddings, { threshold: 0.5 });
    expect({ clusterCount, unassignedCount }).toEqual({ clusterCount: 4, unassignedCount: 3 });
    expect(clusteringAgreement(labels, people.identities)).toMatchObject({ purity: 1, pairF: 1, bcubedF: 1 });
    // Largest first.
    expect([...labels.subarray(0, 2), labels[8], labels[12]]).toEqual([-1, 1, 2, 0]);
  });

  it("does not link two people for the sake of one pair between them", () => {
    // Two fans of 40°, 20° apart: their nearest pair is as near as neighbors within a fan, but their mean is 60°.
    const fans = degrees(0, 10, 20, 30, 40, 60, 70, 80, 90, 100);
    expect([...cluster(fans, { threshold: 0.8 }).labels]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect([...cluster(fans, { threshold: 0.45 }).labels]).toEqual(new Array(10).fill(0));
  });

  it("ends where no two clusters reach the threshold, and nothing that was joined should not have been", () => {
    const stream = random(3, "cluster");
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 14 }), fc.constantFrom(0.2, 0.5, 0.8), (count, threshold) => {
        const data = Float32Array.from({ length: 3 * count }, () => stream.normal());
        const embeddings = { count, size: 3, data };
        const { labels, clusterCount, unassignedCount } = cluster(embeddings, { threshold });
        const groups = Array.from({ length: clusterCount }, (_, label) =>
          [...labels.keys()].filter((row) => labels[row] === label),
        );
        const alone = [...labels.keys()].filter((row) => labels[row]! < 0);
        expect(alone).toHaveLength(unassignedCount);
        expect(groups.every((rows) => rows.length >= 2)).toBe(true);
        const all = [...groups, ...alone.map((row) => [row])];
        for (const [i, left] of all.entries()) {
          for (const right of all.slice(i + 1)) {
            // Only groups that meet in a pair of neighbors are compared; with so few faces all are neighbors.
            const meets = left.some((a) =>
              right.some((b) => cosineSimilarity(rowOf(embeddings, a), rowOf(embeddings, b)) >= threshold),
            );
            if (meets) expect(meanCosine(embeddings, left, right)).toBeLessThan(threshold + 1e-6);
          }
        }
      }),
    );
  });

  it("leaves small clusters unassigned when asked to", () => {
    const { embeddings } = samplePeople(2, [3, 2], { spread: 0.1 });
    expect([...cluster(embeddings, { threshold: 0.5, minimumSize: 3 }).labels]).toEqual([0, 0, 0, -1, -1]);
  });

  it("refuses options out of range", () => {
    expect(() => cluster(degrees(1), { threshold: 2 })).toThrow(OptionError);
    expect(() => cluster(degrees(1), { threshold: 0.5, minimumSize: 1 })).toThrow("minimumSize: got 1");
    expect(() => cluster(degrees(), { threshold: 0.5 })).toThrow("got no faces");
    expect([...cluster(degrees(1), { threshold: 0.5 }).labels]).toEqual([-1]);
  });
});
