import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError, random } from "../../base/core/index.ts";
import { cosineSimilarity, type Embeddings } from "./embeddings.ts";
import { type HighestCosinesOptions, highestCosines } from "./highest-cosines.ts";

const rowOf = ({ data, size }: Embeddings, row: number) => data.subarray(row * size, (row + 1) * size);
const embeddings = (rows: readonly (readonly number[])[]): Embeddings => ({
  count: rows.length,
  size: rows[0]!.length,
  data: Float32Array.from(rows.flat()),
});

/** By the definition: every pair is scored, and all are sorted. */
function byDefinition(probes: Embeddings, gallery: Embeddings, neighborCount: number, pairCount: number) {
  const all = Array.from({ length: probes.count }, (_, probe) =>
    Array.from({ length: gallery.count }, (_, row) => ({
      probe,
      row,
      score: Math.fround(cosineSimilarity(rowOf(probes, probe), rowOf(gallery, row))),
    })),
  );
  const sorted = (pairs: (typeof all)[number]) =>
    pairs.toSorted((a, b) => b.score - a.score || a.probe - b.probe || a.row - b.row);
  return {
    own: all.flatMap((pairs) => sorted(pairs).slice(0, neighborCount)),
    pairs: sorted(all.flat()).slice(0, pairCount),
  };
}

async function expectExact(probes: Embeddings, gallery: Embeddings, options: HighestCosinesOptions): Promise<void> {
  const { neighborCount = 1, pairCount = 0 } = options;
  const found = await highestCosines(probes, gallery, { threads: 1, ...options });
  const { own, pairs } = byDefinition(probes, gallery, neighborCount, pairCount);
  expect([...found.scores]).toEqual(own.map(({ score }) => score));
  expect([...found.rows]).toEqual(own.map(({ row }) => row));
  expect([...found.pairs.scores]).toEqual(pairs.map(({ score }) => score));
  expect([...found.pairs.probes]).toEqual(pairs.map(({ probe }) => probe));
  expect([...found.pairs.rows]).toEqual(pairs.map(({ row }) => row));
}

describe("highestCosines", () => {
  it("is what scoring every pair gives, with rows of few numbers that tie, zeros and all", async () => {
    const rows = (maxLength: number) =>
      fc.array(fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength });
    const options = fc.record({ neighborCount: fc.integer({ min: 1, max: 7 }), pairCount: fc.nat(40) });
    await fc.assert(
      fc.asyncProperty(rows(6), rows(90), options, (probes, gallery, { neighborCount, pairCount }) =>
        expectExact(embeddings(probes), embeddings(gallery), { neighborCount, pairCount, blockRows: 32 }),
      ),
      { numRuns: 60 },
    );
  });

  it("is so over many blocks, whatever the lengths of the rows are", async () => {
    const stream = random(1);
    const draw = (count: number, size: number): Embeddings => ({
      count,
      size,
      data: Float32Array.from(
        { length: count * size },
        (_, i) => stream.normal() * 10 ** ((Math.floor(i / size) % 9) * 4 - 16),
      ),
    });
    await expectExact(draw(20, 24), draw(3001, 24), { neighborCount: 5, pairCount: 300, blockRows: 64 });
  });

  it("is so with more probes than are multiplied at once", async () => {
    const stream = random(3);
    const draw = (count: number): Embeddings => ({
      count,
      size: 4,
      data: Float32Array.from({ length: 4 * count }, () => stream.integer(5) - 2),
    });
    await expectExact(draw(4100), draw(20), { neighborCount: 2, pairCount: 50, blockRows: 16 });
  });

  it("scores on the way where everything ties, and more groups than it holds", async () => {
    const stream = random(2);
    const direction = Array.from({ length: 8 }, () => stream.normal());
    const same = (count: number) =>
      embeddings(Array.from({ length: count }, (_, i) => direction.map((x) => x * (1 + (i % 7)))));
    await expectExact(same(2), same(5000), { neighborCount: 3, pairCount: 9, blockRows: 512 });
  });

  it("gives all rows where fewer are there than asked for", async () => {
    const [probes, gallery] = [
      embeddings([[1, 0]]),
      embeddings([
        [0, 1],
        [1, 1],
      ]),
    ];
    const { neighborCount, rows, pairs } = await highestCosines(probes, gallery, { neighborCount: 9, pairCount: 9 });
    expect([neighborCount, ...rows]).toEqual([2, 1, 0]);
    expect([...pairs.rows]).toEqual([1, 0]);
  });

  it("refuses nothing, other sizes, and numbers that are not finite", async () => {
    const some = embeddings([[1, 0]]);
    const none = { count: 0, size: 2, data: new Float32Array(0) };
    await expect(highestCosines(none, some)).rejects.toThrow(OptionError);
    await expect(highestCosines(some, none)).rejects.toThrow(OptionError);
    await expect(highestCosines(some, embeddings([[1, 0, 0]]))).rejects.toThrow(
      "got 2-d probes, expected the gallery's 3-d",
    );
    await expect(highestCosines(some, embeddings([[1, Number.NaN]]))).rejects.toThrow("gallery: row 0");
    await expect(highestCosines(some, some, { neighborCount: 0 })).rejects.toThrow(OptionError);
    await expect(highestCosines(some, some, { blockRows: 20 })).rejects.toThrow("multiple of 16");
  });
});
