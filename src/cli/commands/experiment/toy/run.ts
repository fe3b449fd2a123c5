/** `cosface experiment toy`: the paper's figure of eight identities in two dimensions, drawn and measured. */
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { writeFigures } from "../../../../measure/report/index.ts";
import {
  runToy,
  summarizeToy,
  TOY_IDENTITIES,
  type ToySummary,
  toyFaces,
  toyFigures,
  toyReport,
} from "../../../../training/experiments/index.ts";
import { given } from "../../../given.ts";
import { interruption } from "../../../interruption.ts";
import { describeMachine } from "../../../machine.ts";
import { clearProgress, formatDuration, formatPercent, note, print, printJson, progress } from "../../../output.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags): Promise<void> {
  const { out, data, images, margins, scale, seeds, iterations, threads, json } = flags;
  const { signal } = interruption("stopping without a report");
  const started = performance.now();
  const inputSize = [32, 32] as const;
  const dataset = await toyFaces({
    ...given({ data }),
    identityCount: TOY_IDENTITIES,
    imagesPerIdentity: images,
    inputSize,
    seed: 1,
  });
  const runs = await runToy({
    dataset,
    inputSize,
    margins,
    scale,
    seeds: Array.from({ length: seeds }, (_, i) => i + 1),
    iterations,
    signal,
    ...given({ threads }),
    onProgress: (name, seed, share) => progress(`${name}, seed ${seed}: ${formatPercent(share, 0)} of the steps`),
    onRun: ({ name, seed, clouds, seconds }) =>
      note(`${name}, seed ${seed}: mean gap ${clouds.meanGap.toFixed(1)}°, ${formatDuration(seconds)}`),
  });
  signal.throwIfAborted();
  clearProgress();
  const summaries = summarizeToy(runs);
  await mkdir(out, { recursive: true });
  const seconds = (performance.now() - started) / 1000;
  const page = toyReport({
    runs,
    scale,
    data: data === undefined ? "synthetic people" : basename(data),
    command: `cosface experiment toy ${process.argv.slice(4).join(" ")}`.trim(),
    machine: describeMachine(),
    seconds,
  });
  const report = join(out, "report.html");
  await writeFile(report, page);
  const figures = Object.entries(toyFigures(runs)).map(([name, { svg }]) => [name, svg] as const);
  await writeFigures(join(out, "figures"), Object.fromEntries(figures));
  const result = { scale, iterations, seeds, images: dataset.sampleCount, losses: summaries };
  await writeFile(join(out, "toy.json"), `${JSON.stringify(result, null, 2)}\n`);
  if (json) printJson({ ...result, report, seconds });
  else print(...summaries.map(describe), `${report}  in ${formatDuration(seconds)}`);
}

function describe(summary: ToySummary): string {
  const { name, runCount, meanGapDegrees, gapDeviationDegrees, meanMargin, smallestCenterDegrees, loss } = summary;
  const spread = runCount > 1 ? ` ± ${gapDeviationDegrees.toFixed(1)}°` : "";
  return [
    name.padEnd(18),
    `mean gap ${meanGapDegrees.toFixed(1)}°${spread}`,
    `margin reached ${meanMargin.toFixed(3)}`,
    `nearest centers ${smallestCenterDegrees.toFixed(1)}°`,
    `loss ${loss.toFixed(3)}`,
  ].join("  ");
}
