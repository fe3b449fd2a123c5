import { basename } from "node:path";
import { ModelError } from "../../../base/core/index.ts";
import { cardScore, modelCard, writeCard } from "../../../faces/card/index.ts";
import { openEmbedder } from "../../../faces/embedder/index.ts";
import type { VerificationResult } from "../../../measure/eval/index.ts";
import { resolveOptions, type TrainingOptions, type TrainingResult } from "../../../training/train/index.ts";

/**
 * `card.md` and `card.json` of a finished run, beside its model; none for a network that cannot be opened, as after a
 * training that diverged.
 */
export async function writeRunCard(
  {
    data,
    out,
    options: given,
    from,
  }: { data: string; out: string; options: TrainingOptions; from: string | undefined },
  { identityCount, iteration, model, sampleCount }: TrainingResult,
  verification: VerificationResult | undefined,
): Promise<void> {
  if (model === undefined) return;
  const { network, loss, batchSize, seed, initializeFrom } = resolveOptions(given, sampleCount);
  const start = from ?? initializeFrom;
  const embedder = await openEmbedder(model).catch((error: unknown) => {
    if (error instanceof ModelError) return undefined;
    throw error;
  });
  if (embedder === undefined) return;
  await embedder.close();
  const { id, license, contract } = embedder;
  const card = modelCard({
    name: basename(out),
    id,
    license,
    contract,
    training: {
      dataSet: basename(data),
      identityCount,
      imageCount: sampleCount,
      network,
      loss: JSON.stringify(loss),
      iterations: iteration,
      batchSize,
      seed,
      startedFrom: start === undefined ? null : basename(start),
    },
    ...(verification !== undefined && {
      scores: [cardScore(`${verification.protocol}, ${verification.variant}`, verification)],
    }),
  });
  await writeCard(out, card);
}
