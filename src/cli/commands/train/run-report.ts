import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { VerificationResult } from "../../../measure/eval/index.ts";
import { curvesOfLog, trainingReport } from "../../../measure/report/index.ts";
import { networkCost } from "../../../training/nn/index.ts";
import {
  type RunGeometry,
  resolveLoss,
  resolveOptions,
  type TrainingOptions,
  type TrainingResult,
} from "../../../training/train/index.ts";
import { centerHistory } from "../../center-history.ts";
import { describeMachine } from "../../machine.ts";
import { formatPercent } from "../../output.ts";
import { factsOfChange } from "./change.ts";

/** `report.html` of a finished run. */
export async function writeRunReport(
  { data, out, options: given }: { data: string; out: string; options: TrainingOptions },
  result: TrainingResult,
  verification: VerificationResult | undefined,
  geometry: RunGeometry | undefined,
): Promise<void> {
  const options = resolveOptions(given, result.sampleCount);
  const { batchSize, schedule, milestones, learningRate, momentum, weightDecay, seed } = options;
  const { network } = result;
  const loss = resolveLoss(given);
  const { parameters, macs } = networkCost(network);
  const steps = result.rows.flatMap((row) => (row.kind === "train" ? [row] : []));
  const seconds = steps.at(-1)?.seconds ?? 0;
  const rule =
    schedule === "step" ? `÷10 at ${milestones.map((share) => formatPercent(share, 0)).join(", ")}` : schedule;
  const page = trainingReport({
    summary: {
      network: network.name,
      inputSize: network.inputSize,
      embeddingSize: network.embeddingSize,
      parameterCount: parameters,
      macCount: macs,
      loss,
      data: {
        name: basename(data),
        identityCount: result.identityCount,
        sampleCount: result.sampleCount,
        skippedCount: result.brokenImages.length,
      },
      batchSize,
      iterationCount: result.iteration,
      optimizer: `${options.optimizer}, momentum ${momentum}, weight decay ${weightDecay}; ${learningRate}, ${rule}`,
      seed,
      seconds,
      imagesPerSecond: (result.iteration * batchSize) / seconds,
      command: `cosface train ${process.argv.slice(3).join(" ")}`,
      machine: describeMachine(),
      more: factsOfChange(result.rows),
    },
    curves: curvesOfLog(network.name, result.rows),
    ...(verification === undefined ? {} : { verifications: [verification] }),
    ...(geometry === undefined
      ? {}
      : { geometry: { ...geometry, history: centerHistory(result.rows), margin: loss.cosineMargin } }),
  });
  await writeFile(join(out, "report.html"), page);
}
