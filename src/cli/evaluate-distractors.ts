/** `cosface evaluate --protocol megaface`: known people among the faces of strangers. */
import { OptionError } from "../base/core/index.ts";
import { openDataset } from "../base/data/index.ts";
import { type Embedder, embedSet, openEmbedder } from "../faces/embedder/index.ts";
import { type DistractorResult, evaluateDistractors, type LabeledEmbeddings } from "../measure/eval/index.ts";
import { type ContractFlags, type SessionFlags, sessionOptions } from "./face-options.ts";
import { clearProgress, formatPercent, print, printJson, progress } from "./output.ts";
import { contractOverrides } from "./recognition.ts";

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
    const known = await embedFaces(embedder, images, "probes");
    const strangers = await embedFaces(embedder, distractors, "distractors");
    const result = await evaluateDistractors(known, strangers.embeddings, {
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

/** Embeddings of a data set, and whose each is. */
async function embedFaces(embedder: Embedder, path: string, what: string): Promise<LabeledEmbeddings> {
  const { sampleCount, labels, read, close } = await openDataset(path);
  try {
    const set = { imageCount: sampleCount, read: async (index: number) => (await read(index)).image };
    const onProgress = (done: number, total: number) => progress(`${done} of ${total} ${what}`);
    return { embeddings: await embedSet(embedder, set, embedder.contract.flip, onProgress), identities: labels };
  } finally {
    await close();
  }
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
