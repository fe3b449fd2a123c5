/** Known people among the faces of others, as in MegaFace's first challenge. */
import { type DistractorResult, evaluateDistractors } from "../../measure/eval/index.ts";
import { describeTar, formatPercent } from "./describe-verification.ts";
import { embedDataset } from "./embed-dataset.ts";
import { hasFeatureLists, readMegaFaceSets } from "./megaface-features.ts";
import { defineProtocol, type ProtocolResult, shareOf } from "./protocol.ts";

/** Ranks that are printed without --json. */
const RANKS = [1, 5, 10];

export const megaface = defineProtocol({
  name: "megaface",
  async score(inputs, context): Promise<DistractorResult & ProtocolResult> {
    const { known, others, how } = await (hasFeatureLists(inputs) ? fromFeatures() : fromImages());
    const result = await evaluateDistractors(known, others, {
      fars: [1e-6, 1e-5, 1e-4],
      ...(context.threads === undefined ? {} : { threads: context.threads }),
      onProgress: shareOf(context, "% of the comparisons"),
    });
    const ties = "rankRates: a distractor that ties with the mate is before it, lenientRankRates: behind it";
    return { ...result, protocol: "megaface", variant: `${how}, score=cosine, mates in turn, ${ties}` };

    async function fromFeatures() {
      const { noise, ...sets } = await readMegaFaceSets(inputs, context);
      return { ...sets, how: noise };
    }

    async function fromImages() {
      const faces = await context.embedder();
      const known = await embedDataset(faces, inputs.images, "probes");
      const { embeddings: others } = await embedDataset(faces, inputs.distractors, "distractors");
      return { known, others, how: `flip=${faces.flip}` };
    }
  },
  describe: ({ probeCount, distractorCount, trialCount, rankRates, lenientRankRates, points }) => [
    `${probeCount} probes among ${distractorCount} distractors, ${trialCount} trials`,
    ...RANKS.flatMap((rank) => {
      const [strict, lenient] = [rankRates[rank - 1], lenientRankRates[rank - 1]];
      if (strict === undefined || lenient === undefined) return [];
      const ties = strict === lenient ? "" : ` (${formatPercent(lenient)} with ties behind the mate)`;
      return [`${`rank-${rank}`.padEnd(18)}${formatPercent(strict)}${ties}`];
    }),
    ...points.map(describeTar),
  ],
  toJson: (result) => ({
    ...result,
    rankRates: [...result.rankRates],
    lenientRankRates: [...result.lenientRankRates],
  }),
});
