/** Known people among the faces of others, as in MegaFace's first challenge. */
import { openDataset } from "../../base/data/index.ts";
import { type DistractorResult, evaluateDistractors, type LabeledEmbeddings } from "../../measure/eval/index.ts";
import type { BenchmarkEmbedder } from "./benchmark-embedder.ts";
import { describeTar, formatPercent } from "./describe-verification.ts";
import { defineProtocol, type ProtocolResult } from "./protocol.ts";

/** Ranks that are printed without --json. */
const RANKS = [1, 5, 10];

export const megaface = defineProtocol({
  name: "megaface",
  async score({ images, distractors }, context): Promise<DistractorResult & ProtocolResult> {
    const { signal, onProgress, threads } = context;
    const faces = await context.embedder();
    const known = await embedFaces(faces, images, "probes");
    const others = await embedFaces(faces, distractors, "distractors");
    const result = await evaluateDistractors(known, others.embeddings, {
      fars: [1e-6, 1e-5, 1e-4],
      ...(threads === undefined ? {} : { threads }),
      onProgress: (done) => {
        signal?.throwIfAborted();
        onProgress(Math.round(100 * done), 100, "% of the comparisons");
      },
    });
    const variant = `flip=${faces.flip}, score=cosine, mates in turn, a distractor that ties with the mate is before it`;
    return { ...result, protocol: "megaface", variant };
  },
  describe: ({ probeCount, distractorCount, trialCount, rankRates, points }) => [
    `${probeCount} probes among ${distractorCount} distractors, ${trialCount} trials`,
    ...RANKS.flatMap((rank) => {
      const rate = rankRates[rank - 1];
      return rate === undefined ? [] : [`${`rank-${rank}`.padEnd(18)}${formatPercent(rate)}`];
    }),
    ...points.map(describeTar),
  ],
  toJson: (result) => ({ ...result, rankRates: [...result.rankRates] }),
});

/** The embeddings of a data set, with the identity of each. */
async function embedFaces(faces: BenchmarkEmbedder, path: string, what: string): Promise<LabeledEmbeddings> {
  const { sampleCount, labels, source, readBytes, close } = await openDataset(path);
  try {
    const { embeddings } = await faces.embed({ imageCount: sampleCount, source, readBytes }, { what });
    return { embeddings, identities: labels };
  } finally {
    await close();
  }
}
