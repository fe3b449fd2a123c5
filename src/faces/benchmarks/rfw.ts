/** Racial Faces in the Wild. */
import { listedImages, readRfwPairs } from "../../base/benchmarks/index.ts";
import type { VerificationPair } from "../../base/data/index.ts";
import { type AccuracySpread, verifyRaces } from "../../measure/protocols/index.ts";
import { describeDetection, formatPercent } from "./describe-verification.ts";
import { describeTest, embedForRule, withoutPairs } from "./fold-protocol.ts";
import { defineProtocol } from "./protocol.ts";

export const rfw = defineProtocol({
  name: "rfw",
  async score({ images, pairs, ...options }, { embedder }) {
    const listed = await readRfwPairs(pairs);
    const set = await listedImages(images, [...listed.values()].flat());
    const { embeddings, options: rule, ...counts } = await embedForRule(await embedder(), set, options);
    const pairsOf = new Map<string, readonly VerificationPair[]>();
    let start = 0;
    for (const [race, own] of listed) {
      pairsOf.set(race, set.pairs.slice(start, start + own.length));
      start += own.length;
    }
    const result = verifyRaces(embeddings, pairsOf, rule);
    return { protocol: "rfw", variant: result.races[0]?.variant ?? "", ...result, ...counts };
  },
  describe: ({ races, spread, spreadAtOneThreshold, variant, ...counts }) => [
    ...races.flatMap((race) => describeTest(race.race, race)),
    `            ${describeSpread(spread)}`,
    "at one threshold for all races:",
    ...races.map(({ race, atOneThreshold: { accuracy, standardDeviation } }) =>
      `${race.padEnd(12)}${formatPercent(accuracy)} ± ${formatPercent(standardDeviation)}`.trimEnd(),
    ),
    `            ${describeSpread(spreadAtOneThreshold)}`,
    `variant     ${variant}`,
    ...describeDetection(counts),
  ],
  toJson: ({ races, ...rest }) => ({ ...rest, races: races.map(withoutPairs) }),
});

function describeSpread({ mean, standardDeviation, skewedErrorRatio }: AccuracySpread): string {
  const ratio = skewedErrorRatio === null ? "undefined, since a race has no error" : skewedErrorRatio.toFixed(3);
  return `mean ${formatPercent(mean)}, standard deviation of races ${formatPercent(standardDeviation)}, skewed error ratio ${ratio}`;
}
