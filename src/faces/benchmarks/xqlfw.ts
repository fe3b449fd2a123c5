/** Cross-Quality LFW: pairs as LFW's, with accuracy by the quality of the worse image of a pair. */
import { imageStem, readQualities } from "../../base/benchmarks/index.ts";
import { DatasetError } from "../../base/core/index.ts";
import { type LfwPairs, lfwImages, readLfwPairs } from "../../base/data/index.ts";
import { type Interval, wilsonInterval } from "../../measure/eval/index.ts";
import { formatPercent } from "./describe-verification.ts";
import { describeFolds, scoreFolds, withoutPairs } from "./fold-protocol.ts";
import { defineProtocol } from "./protocol.ts";

/** The pairs of one third, from the lowest quality to the highest, decided by their folds' thresholds. */
type QualityThird = {
  /** Quality of the worse image of a pair. */
  readonly lowestQuality: number;
  readonly highestQuality: number;
  readonly pairCount: number;
  /** Share of the pairs that are decided correctly. */
  readonly accuracy: number;
  /** Wilson's 95 % interval, with the pairs taken as independent. */
  readonly interval: Interval;
};

export const xqlfw = defineProtocol({
  name: "xqlfw",
  async score({ images, pairs, qualities, rule = "xqlfw", ...rest }, context) {
    const list = await readLfwPairs(pairs);
    const known = qualities === undefined ? undefined : await readQualities(qualities);
    const quality = known === undefined ? undefined : pairQualities(list, known);
    const result = await scoreFolds(await lfwImages(images, list), { rule, ...rest }, context);
    return {
      protocol: "xqlfw",
      ...result,
      ...(quality === undefined ? {} : { byQuality: thirds(quality, result.isCorrect) }),
    };
  },
  describe: ({ byQuality = [], ...result }) => [
    ...describeFolds(result),
    ...byQuality.map(
      ({ lowestQuality, highestQuality, pairCount, accuracy, interval: { low, high } }) =>
        `quality ${lowestQuality.toFixed(3)} to ${highestQuality.toFixed(3)}: ${formatPercent(accuracy)} ` +
        `(95 %: ${formatPercent(low)} to ${formatPercent(high)}, ${pairCount} pairs)`,
    ),
  ],
  toJson: withoutPairs,
});

/** The lower quality of each pair's images. @throws {DatasetError} with the line of a pair that has none. */
function pairQualities({ name, pairs }: LfwPairs, known: ReadonlyMap<string, number>): number[] {
  return pairs.map(({ left, right, line }) => {
    const [a, b] = [known.get(imageStem(left)), known.get(imageStem(right))];
    if (a === undefined || b === undefined) {
      const side = a === undefined ? "left" : "right";
      throw new DatasetError(`${name}:${line}, ${side}: the list of qualities has no line for this image`);
    }
    return Math.min(a, b);
  });
}

/** Three parts of equal size, in the order of quality; pairs of equal quality stay in the list's order. */
function thirds(quality: readonly number[], isCorrect: Uint8Array): QualityThird[] {
  const order = [...quality.keys()].sort((a, b) => (quality[a] ?? 0) - (quality[b] ?? 0));
  return [0, 1, 2].flatMap((third) => {
    const [start, end] = [third, third + 1].map((i) => Math.round((i * order.length) / 3));
    const part = order.slice(start, end);
    const correctCount = part.reduce((sum, pair) => sum + (isCorrect[pair] ?? 0), 0);
    const values = part.map((pair) => quality[pair] ?? 0);
    if (part.length === 0) return [];
    return {
      lowestQuality: Math.min(...values),
      highestQuality: Math.max(...values),
      pairCount: part.length,
      accuracy: correctCount / part.length,
      interval: wilsonInterval({ successes: correctCount, trials: part.length }),
    };
  });
}
