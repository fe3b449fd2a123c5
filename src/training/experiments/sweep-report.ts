/** The report and figures of a sweep: the result in the paper, mean and deviation over the seeds, and all runs. */
import {
  type CaptionedFigure,
  commandBlock,
  comparisonFigure,
  dataTable,
  factTable,
  figures,
  formatCount,
  formatDuration,
  formatPercent,
  formatPercentSpread,
  type Html,
  keyNumbers,
  linesFigure,
  note,
  paragraph,
  reportPage,
} from "../../measure/report/index.ts";
import type { Experiment } from "./experiment.ts";
import type { RunRow } from "./results.ts";
import { summarizeRuns, type VariantSummary } from "./summary.ts";

/** Contents of the report of a sweep. */
export type SweepReportOptions = {
  readonly experiment: Experiment;
  readonly rows: readonly RunRow[];
  /** Text such as "iresnet10-light at 32×32, 128-d". */
  readonly network: string;
  /** Such as "2,500 images of 100 identities of train.rec". */
  readonly data: string;
  /** Test data, such as "LFW, 6,000 pairs". */
  readonly test: string;
  /** Description of steps and schedule. */
  readonly schedule: string;
  readonly command: string;
  readonly machine: string;
  readonly theme?: "light" | "dark";
};

/** The report of a sweep as a self-contained HTML page. */
export function sweepReport(options: SweepReportOptions): string {
  const { experiment, rows, network, data, test, schedule, command, machine, theme } = options;
  const summaries = summarizeRuns(experiment, rows);
  const best = bestVariant(summaries);
  const seeds = [...new Set(rows.map(({ seed }) => seed))];
  return reportPage({
    title: experiment.title,
    lead: `${network}, trained on ${data}, tested on ${test}: ${rows.length} runs that differ only in loss and seed.`,
    summary: [
      ...(best === undefined
        ? []
        : [
            keyNumbers([
              {
                value: formatPercentSpread(best.mean, best.standardDeviation),
                label: `highest mean accuracy: ${best.name}`,
                detail: `mean and standard deviation over ${best.finishedCount} seeds`,
              },
            ]),
          ]),
      note([`The paper: ${experiment.paper}`]),
    ],
    sections: [
      { title: "Accuracy", body: [figures(Object.values(sweepFigures(experiment, rows))), ...reading(seeds.length)] },
      { title: "Numbers", body: [table(summaries, best)] },
      { title: "Every run", body: [runTable(rows)] },
      {
        title: "How to reproduce it",
        body: [
          commandBlock(command),
          factTable([
            { label: "Network", value: network },
            { label: "Training data", value: data },
            { label: "Test", value: test },
            { label: "Schedule", value: schedule },
            { label: "Seeds", value: seeds.join(", ") },
            { label: "Time of training", value: formatDuration(rows.reduce((sum, { seconds }) => sum + seconds, 0)) },
            { label: "Machine", value: machine },
          ]),
        ],
      },
    ],
    footer: "Made by cosface",
    ...(theme === undefined ? {} : { theme }),
  });
}

/** Figures by name: verification and training accuracy, over the swept number or side by side. */
export function sweepFigures(experiment: Experiment, rows: readonly RunRow[]): Record<string, CaptionedFigure> {
  const summaries = summarizeRuns(experiment, rows).filter(({ finishedCount }) => finishedCount > 0);
  const { axis, marks, name } = experiment;
  if (summaries.length === 0) return {};
  if (axis === undefined) {
    const runs = summaries.map(({ name, mean, standardDeviation, accuracies }) => ({
      name,
      mean,
      ...(Number.isFinite(standardDeviation) ? { standardDeviation } : {}),
      values: accuracies,
    }));
    return {
      [`${name}-accuracy`]: {
        svg: comparisonFigure(runs, { measure: "Verification accuracy" }),
        title: "Verification accuracy",
        caption: "Diamond: mean; bar: ± one standard deviation over the seeds; rings: single runs.",
      },
    };
  }
  const draw = (title: string, points: readonly Point[]) =>
    linesFigure([{ name: title, points }], {
      title: `${title} by ${axis.name}`,
      x: axis,
      y: { name: title, format: (share) => formatPercent(share, 1).replace(/\.0(?=\D)/, "") },
      ...(marks === undefined ? {} : { marks }),
    });
  return {
    [`${name}-accuracy`]: {
      svg: draw("Verification accuracy", summaries.map(accuracyPoint)),
      title: "Verification accuracy",
      caption: "On people who are not in the training data. Line: mean; band: ± one standard deviation over the seeds.",
    },
    [`${name}-training`]: {
      svg: draw(
        "Training accuracy",
        summaries.map(({ x = Number.NaN, trainingAccuracy }) => ({ x, y: trainingAccuracy })),
      ),
      title: "Training accuracy",
      caption: "At the end of training, by cosine without margin. It shows whether the training was long enough.",
    },
  };
}

type Point = { readonly x: number; readonly y: number; readonly low?: number; readonly high?: number };

function accuracyPoint({ x = Number.NaN, mean, standardDeviation }: VariantSummary): Point {
  if (!Number.isFinite(standardDeviation)) return { x, y: mean };
  return { x, y: mean, low: mean - standardDeviation, high: mean + standardDeviation };
}

function bestVariant(summaries: readonly VariantSummary[]): VariantSummary | undefined {
  return summaries
    .filter(({ finishedCount }) => finishedCount > 0)
    .reduce<VariantSummary | undefined>((best, one) => (best && best.mean >= one.mean ? best : one), undefined);
}

function reading(seedCount: number): Html[] {
  return [
    paragraph(
      `Each point is the mean of ${formatCount(seedCount)} seeds. Differences smaller than the deviation over the seeds are not significant: another seed could reverse them.`,
    ),
  ];
}

function table(summaries: readonly VariantSummary[], best: VariantSummary | undefined): Html {
  return dataTable({
    columns: [
      { title: "Variant" },
      { title: "Accuracy", align: "right" },
      { title: "EER", align: "right" },
      { title: "Training accuracy", align: "right" },
      { title: "Runs", align: "right" },
      { title: "Diverged", align: "right" },
    ],
    rows: summaries.map(({ name, mean, standardDeviation, eer, trainingAccuracy, finishedCount, divergedCount }) => [
      unbroken(name),
      formatPercentSpread(mean, standardDeviation, 2),
      formatPercent(eer, 2),
      formatPercent(trainingAccuracy),
      formatCount(finishedCount + divergedCount),
      formatCount(divergedCount),
    ]),
    caption: "Mean ± standard deviation over the seeds",
    bestRows: best === undefined ? [] : [summaries.indexOf(best)],
  });
}

function runTable(rows: readonly RunRow[]): Html {
  return dataTable({
    columns: [
      { title: "Run" },
      { title: "Seed", align: "right" },
      { title: "Accuracy", align: "right" },
      { title: "Training accuracy", align: "right" },
      { title: "Loss at the end", align: "right" },
      { title: "Time", align: "right" },
    ],
    rows: rows.map(({ variant, seed, outcome, accuracy, trainingAccuracy, trainingLoss, seconds }) => [
      unbroken(variant),
      String(seed),
      outcome === "diverged" ? "diverged" : formatPercent(accuracy ?? Number.NaN, 2),
      formatPercent(trainingAccuracy ?? Number.NaN),
      trainingLoss === null ? "–" : trainingLoss.toFixed(3),
      formatDuration(seconds),
    ]),
  });
}

/** Keeps "m = 0.35" on one line of a narrow table. */
const unbroken = (name: string) => name.replaceAll(" = ", "\u00A0=\u00A0");
