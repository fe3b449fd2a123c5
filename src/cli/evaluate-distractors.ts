/** `cosface evaluate --protocol megaface`: known people among the faces of strangers. */
import { OptionError } from "../core/index.ts";
import { type FaceDataset, openDataset } from "../data/index.ts";
import { type Embedder, embedSet, openEmbedder } from "../embedder/index.ts";
import { type DistractorResult, evaluateDistractors } from "../eval/index.ts";
import { type ContractFlags, contractOverrides, type SessionFlags, sessionOptions } from "./face-options.ts";
import { clearProgress, formatPercent, print, printJson, progress } from "./output.ts";

export type DistractorFlags = ContractFlags &
  SessionFlags & { images: string; distractors?: string; align?: boolean; centering?: boolean; json?: boolean };

/** Ranks that are told without --json, of those measured. */
const RANKS = [1, 5, 10];

export async function runDistractors(model: string, flags: DistractorFlags): Promise<void> {
  const { images, distractors, align, centering, json, threads } = flags;
  if (distractors === undefined) {
    throw new OptionError("evaluate: got protocol megaface without --distractors, expected a folder or record file");
  }
  if (align || centering) {
    throw new OptionError("evaluate: got --align or --centering, expected neither with protocol megaface: align first");
  }
  const embedder = await openEmbedder(model, contractOverrides(flags), sessionOptions(flags));
  try {
    const known = await openDataset(images);
    const probes = { embeddings: await embed(embedder, known, "probes"), identities: known.labels };
    await known.close();
    const strangers = await openDataset(distractors);
    const others = await embed(embedder, strangers, "distractors");
    await strangers.close();
    const result = await evaluateDistractors(probes, others, {
      fars: [1e-6, 1e-5, 1e-4],
      ...(threads === undefined ? {} : { threads }),
      onProgress: (done) => progress(`comparing: ${formatPercent(done, 0)}`),
    });
    clearProgress();
    if (json) printJson({ ...result, rankRates: [...result.rankRates], protocol: "megaface", model: embedder.id });
    else print(...describe(result));
  } finally {
    await embedder.close();
  }
}

function embed(embedder: Embedder, dataset: FaceDataset, what: string) {
  const set = { imageCount: dataset.sampleCount, read: async (index: number) => (await dataset.read(index)).image };
  return embedSet(embedder, set, embedder.contract.flip, (done, total) => progress(`${done} of ${total} ${what}`));
}

function describe({ probeCount, distractorCount, trialCount, rankRates, points }: DistractorResult): string[] {
  return [
    `${probeCount} probes among ${distractorCount} distractors, ${trialCount} trials`,
    ...RANKS.map((rank) => `${`rank-${rank}`.padEnd(18)}${formatPercent(rankRates[rank - 1]!)}`),
    ...points.map(({ far, ...point }) => {
      const name = `TAR@FAR=${far}`.padEnd(18);
      if (point.tar === null) return `${name}not measurable: ${point.reason}`;
      return `${name}${formatPercent(point.tar)} (threshold ${point.threshold.toFixed(3)})`;
    }),
  ];
}
