import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random } from "../../base/core/index.ts";
import { input } from "../../compiler/graph/index.ts";
import { compile, runOn } from "../../compiler/runtime/index.ts";
import { dominantCenters, nearestOwnIndex, nextShares, updateShares } from "./center-shares.ts";
import { floats } from "./results.ts";

const [BATCH, SIZE, IDENTITIES, EACH] = [5, 4, 6, 3];

const f32 = (shape: readonly number[], data: ArrayLike<number>) => ({
  type: "f32" as const,
  shape,
  data: Float32Array.from(data),
});

async function openRule() {
  const given = {
    embeddings: input("embeddings", "f32", [BATCH, SIZE]),
    centers: input("centers", "f32", [IDENTITIES * EACH, SIZE]),
    labels: input("labels", "i32", [BATCH]),
  };
  const next = nextShares(input("before", "f32", [IDENTITIES, EACH]), given, EACH, IDENTITIES);
  const outputs = { next, nearest: nearestOwnIndex(given, EACH) };
  return (await compile({ name: "shares", outputs }, { threads: 1 })).session;
}

describe("the shares of an identity's centers", () => {
  it("are the same in the graph and beside it, add up to 1, and stay where no image was", async () => {
    const session = await openRule();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async (seed) => {
        const stream = random(seed, "shares");
        const normal = (count: number) => Array.from({ length: count }, () => stream.normal());
        const labels = Int32Array.from({ length: BATCH }, () => stream.integer(IDENTITIES));
        const before = Float32Array.from({ length: IDENTITIES * EACH }, (_, i) => [0.5, 0.3, 0.2][(i + seed) % EACH]!);
        const results = await runOn(session, {
          embeddings: f32([BATCH, SIZE], normal(BATCH * SIZE)),
          centers: f32([IDENTITIES * EACH, SIZE], normal(IDENTITIES * EACH * SIZE)),
          labels: { type: "i32", shape: [BATCH], data: labels },
          before: f32([IDENTITIES, EACH], before),
        });
        const beside = before.slice();
        updateShares(beside, EACH, labels, floats(results, "nearest"));
        const next = floats(results, "next");
        for (const [i, share] of next.entries()) expect(share).toBeCloseTo(beside[i]!, 6);
        for (let identity = 0; identity < IDENTITIES; identity++) {
          const own = [...next.subarray(identity * EACH, (identity + 1) * EACH)];
          expect(own.reduce((sum, share) => sum + share)).toBeCloseTo(1, 5);
          const former = [...before.subarray(identity * EACH, (identity + 1) * EACH)];
          if (!labels.includes(identity)) expect(own).toEqual(former);
        }
      }),
      { numRuns: 10 },
    );
    await session.close();
  });

  it("is worked out by hand: two images at the third center, one at the first", () => {
    const shares = Float32Array.of(0.5, 0.5, 0, 0.25, 0.25, 0.5);
    updateShares(shares, 3, Int32Array.of(0, 0, 0), [2, 0, 2]);
    const expected = [0.6 / 1.3, 0.5 / 1.3, 0.2 / 1.3, 0.25, 0.25, 0.5];
    for (const [i, share] of shares.entries()) expect(share).toBeCloseTo(expected[i]!, 6);
    expect([...dominantCenters(shares, 3)]).toEqual([0, 2]);
  });

  it("name the first of equally dominant centers", () => {
    expect([...dominantCenters(Float32Array.of(0.5, 0.5, 0.2, 0.8), 2)]).toEqual([0, 1]);
  });
});
