/** `cosface evaluate --protocol megaface`: known people among the faces of others. */
import { OptionError } from "../../../base/core/index.ts";
import { openDataset } from "../../../base/data/index.ts";
import { type Embedder, embedSet, openEmbedder } from "../../../faces/embedder/index.ts";
import { type DistractorResult, evaluateDistractors, type LabeledEmbeddings } from "../../../measure/eval/index.ts";
import { given } from "../../given.ts";
import { interruption, stoppable } from "../../interruption.ts";
import type { ContractFlags, SessionFlags } from "../../options/shared.ts";
import { clearProgress, formatPercent, print, printJson, progress } from "../../output.ts";
import { contractOverrides, sessionOptionsOf } from "../../recognition.ts";

type DistractorFlags = ContractFlags &
  SessionFlags & { readonly images: string; readonly distractors?: string; readonly json?: boolean };

/** Ranks that are printed without --json. */
const RANKS = [1, 5, 10];

export async function runDistractors(model: string, flags: DistractorFlags): Promise<void> {
  const { images, distractors, json, threads } = flags;
  if (distractors === undefined) {
    throw new OptionError("--protocol megaface needs --distractors, a folder or a record file");
  }
  const { signal } = interruption("stopping without a result");
  const embedder = await openEmbedder(model, contractOverrides(flags), sessionOptionsOf(flags));
  try {
    const known = await embedFaces(embedder, images, stoppable(signal, "probes"));
    const others = await embedFaces(embedder, distractors, stoppable(signal, "distractors"));
    const result = await evaluateDistractors(known, others.embeddings, {
      fars: [1e-6, 1e-5, 1e-4],
      ...given({ threads }),
      onProgress: (done) => {
        signal.throwIfAborted();
        progress(`comparing: ${formatPercent(done, 0)}`);
      },
    });
    clearProgress();
    if (json) printJson({ ...result, rankRates: [...result.rankRates], protocol: "megaface", model: embedder.id });
    else print(...describe(result));
  } finally {
    await embedder.close();
  }
}

/** The embeddings of a data set, with the identity of each. */
async function embedFaces(
  embedder: Embedder,
  path: string,
  onProgress: (done: number, total: number) => void,
): Promise<LabeledEmbeddings> {
  const { sampleCount, labels, read, close } = await openDataset(path);
  try {
    const set = { imageCount: sampleCount, read: async (index: number) => (await read(index)).image };
    return { embeddings: await embedSet(embedder, set, embedder.contract.flip, onProgress), identities: labels };
  } finally {
    await close();
  }
}

function describe({ probeCount, distractorCount, trialCount, rankRates, points }: DistractorResult): string[] {
  const rates = RANKS.flatMap((rank) => {
    const rate = rankRates[rank - 1];
    return rate === undefined ? [] : [`${`rank-${rank}`.padEnd(18)}${formatPercent(rate)}`];
  });
  return [
    `${probeCount} probes among ${distractorCount} distractors, ${trialCount} trials`,
    ...rates,
    ...points.map(({ far, ...point }) => {
      const name = `TAR@FAR=${far}`.padEnd(18);
      if (point.tar === null) return `${name}not measurable: ${point.reason}`;
      return `${name}${formatPercent(point.tar)} (threshold ${point.threshold.toFixed(3)})`;
    }),
  ];
}
