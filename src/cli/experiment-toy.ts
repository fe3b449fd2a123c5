/** `cosface experiment toy`: the paper's figure of eight identities in two dimensions, drawn and measured. */
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Command } from "commander";
import {
  runToy,
  summarizeToy,
  TOY_IDENTITIES,
  TOY_MARGINS,
  type ToySummary,
  toyFaces,
  toyFigures,
  toyReport,
} from "../experiments/index.ts";
import { writeFigures } from "../report/index.ts";
import { parseInteger, parseNumber, parseNumbers } from "./arguments.ts";
import { describeMachine } from "./machine.ts";
import { clearProgress, formatDuration, formatPercent, note, print, printJson, progress } from "./output.ts";

type Flags = {
  out: string;
  data?: string;
  images: number;
  margins: readonly number[];
  scale: number;
  seeds: number;
  iterations: number;
  threads?: number;
  json?: boolean;
};

export function toyCommand(): Command {
  return new Command("toy")
    .description("Draw what softmax and CosFace at several margins make of eight identities in two dimensions")
    .option("--out <folder>", "folder for report.html, figures and toy.json", "experiment-toy")
    .option("--data <path>", "folder of faces or train.rec: its eight largest identities; default synthetic people")
    .option("--images <n>", "images of each identity, at most", parseInteger, 50)
    .option("--margins <list>", "margins of CosFace; the bound is 0.2929", parseNumbers, [...TOY_MARGINS])
    .option("--scale <s>", "scale of CosFace", parseNumber, 64)
    .option("--seeds <n>", "runs of each loss, with seeds 1, 2, …", parseInteger, 2)
    .option("--iterations <n>", "steps of a run", parseInteger, 400)
    .option("--threads <n>", "default: all cores", parseInteger)
    .option("--json", "print JSON: what was measured of each loss")
    .addHelpText(
      "after",
      `
Examples:
  cosface experiment toy
  cosface experiment toy --data train.rec --images 90 --iterations 1000 --seeds 3 --out toy-photographs`,
    )
    .action(runToyCommand);
}

async function runToyCommand(flags: Flags): Promise<void> {
  const { out, data, images, margins, scale, seeds, iterations, threads, json } = flags;
  const started = performance.now();
  const inputSize = [32, 32] as const;
  const dataset = await toyFaces({
    ...(data === undefined ? {} : { data }),
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
    ...(threads === undefined ? {} : { threads }),
    onProgress: (name, seed, share) => progress(`${name}, seed ${seed}: ${formatPercent(share, 0)} of the steps`),
    onRun: ({ name, seed, clouds, seconds }) =>
      note(`${name}, seed ${seed}: mean gap ${clouds.meanGap.toFixed(1)}°, ${formatDuration(seconds)}`),
  });
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
