/** The report of one training run: network and data, curves, verification, geometry, and how to reproduce it. */
import type { VerificationResult } from "../eval/index.ts";
import { commandBlock, type Fact, factTable, figures, type KeyNumber, keyNumbers } from "./blocks.ts";
import { explainCurves, explainScore } from "./explanations.ts";
import { type CurveQuantity, hasCurve, type RunCurves, trainingCurvesFigure } from "./figures/training-curves.ts";
import { formatCount, formatDuration, formatNumber, formatPercentSpread, formatQuantity } from "./format.ts";
import { type GeometryData, geometrySection } from "./geometry-section.ts";
import { type ReportSection, reportPage } from "./page.ts";
import { verificationSection } from "./verification-section.ts";

/** Network, loss, data and settings of a run: everything that a reader needs to reproduce it. */
export type TrainingSummary = {
  readonly network: string;
  /** [height, width] in pixels. */
  readonly inputSize: readonly [number, number];
  readonly embeddingSize: number;
  /** Parameters of the network, without the class centers. */
  readonly parameterCount: number;
  /** Multiply-accumulate operations for the embedding of one image. */
  readonly macCount: number;
  readonly loss: { readonly name: string; readonly scale?: number | undefined; readonly margin?: number | undefined };
  readonly data: {
    readonly name: string;
    readonly identityCount: number;
    readonly sampleCount: number;
    /** Number of images that could not be read. */
    readonly skippedCount?: number;
  };
  readonly batchSize: number;
  readonly iterationCount: number;
  /** Text such as `SGD, momentum 0.9, weight decay 0.0005; 0.1, ÷10 at 60 % and 85 %`. */
  readonly optimizer?: string;
  readonly seed: number;
  /** Duration of training. */
  readonly seconds: number;
  readonly imagesPerSecond: number;
  readonly command: string;
  /** Such as `2 cores of an AMD EPYC 7763`. */
  readonly machine: string;
  /** Shown unchanged, such as `2025-11-24 03:04 UTC`. */
  readonly startedAt?: string;
  /** More rows for the table. */
  readonly more?: readonly Fact[];
};

/** A training run. */
export type TrainingReportData = {
  readonly title?: string;
  readonly summary: TrainingSummary;
  readonly curves: RunCurves;
  /** Other runs in the same curves. */
  readonly comparedCurves?: readonly RunCurves[];
  readonly verifications?: readonly VerificationResult[];
  readonly geometry?: GeometryData;
  readonly theme?: "light" | "dark";
};

/** The report of a training run as a self-contained HTML page. */
export function trainingReport(data: TrainingReportData): string {
  const { summary, curves, comparedCurves = [], verifications = [] } = data;
  const { network, loss, data: set } = summary;
  return reportPage({
    title: data.title ?? `${network} trained with ${lossName(loss)}`,
    lead: `${formatCount(set.sampleCount)} images of ${formatCount(set.identityCount)} people (${set.name}), ${formatCount(summary.iterationCount)} iterations in ${formatDuration(summary.seconds)}.`,
    summary: [keyNumbers(headline(summary, verifications))],
    sections: [
      { title: "The run", body: [factTable(facts(summary))] },
      curvesSection([curves, ...comparedCurves]),
      ...verifications.map((result) => verificationSection([{ name: network, result }])),
      ...(data.geometry === undefined ? [] : [geometrySection(data.geometry)]),
      { title: "What a score means", body: explainScore() },
      { title: "How to reproduce it", body: [commandBlock(summary.command)] },
    ],
    footer: ["Made by cosface", summary.startedAt].filter((part) => part !== undefined).join(" · "),
    ...(data.theme === undefined ? {} : { theme: data.theme }),
  });
}

/** A loss with its scale and margin where it has them: `cosface (s = 64, m = 0.35)`. */
export function lossName({ name, scale, margin }: TrainingSummary["loss"]): string {
  const parts = [
    ...(scale === undefined ? [] : [`s = ${formatNumber(scale)}`]),
    ...(margin === undefined ? [] : [`m = ${formatNumber(margin)}`]),
  ];
  return parts.length === 0 ? name : `${name} (${parts.join(", ")})`;
}

function headline(summary: TrainingSummary, verifications: readonly VerificationResult[]): KeyNumber[] {
  return [
    ...verifications.map(
      ({ protocol, accuracy, standardDeviation, pairCount }): KeyNumber => ({
        value: formatPercentSpread(accuracy, standardDeviation),
        label: `verification accuracy, ${protocol}`,
        detail: `mean and standard deviation over folds, ${formatCount(pairCount)} pairs`,
      }),
    ),
    {
      value: formatQuantity(summary.parameterCount),
      label: "parameters",
      detail: `${formatQuantity(summary.macCount, "MAC")} for one ${summary.inputSize.join(" × ")} image`,
    },
    {
      value: formatDuration(summary.seconds),
      label: "training time",
      detail: `${formatNumber(summary.imagesPerSecond, 3)} images/s`,
    },
  ];
}

function facts(summary: TrainingSummary): Fact[] {
  const { data, loss } = summary;
  const skipped = data.skippedCount ?? 0;
  const epochCount = (summary.iterationCount * summary.batchSize) / data.sampleCount;
  return [
    { label: "Network", value: summary.network },
    { label: "Input", value: `3 × ${summary.inputSize.join(" × ")} (channels × height × width, RGB)` },
    { label: "Embedding", value: `${formatCount(summary.embeddingSize)} numbers` },
    { label: "Parameters", value: formatQuantity(summary.parameterCount) },
    { label: "Cost of an embedding", value: formatQuantity(summary.macCount, "MAC") },
    { label: "Loss", value: loss.name },
    { label: "Margin m", value: loss.margin === undefined ? undefined : formatNumber(loss.margin) },
    { label: "Scale s", value: loss.scale === undefined ? undefined : formatNumber(loss.scale) },
    { label: "Training data", value: data.name },
    {
      label: "Images, identities",
      value: `${formatCount(data.sampleCount)} images of ${formatCount(data.identityCount)} identities${skipped === 0 ? "" : `; ${formatCount(skipped)} unreadable images skipped`}`,
    },
    {
      label: "Iterations",
      value: `${formatCount(summary.iterationCount)} of ${formatCount(summary.batchSize)} images (${formatNumber(epochCount, 3)} epochs)`,
    },
    { label: "Optimizer", value: summary.optimizer },
    { label: "Time", value: formatDuration(summary.seconds) },
    { label: "Speed", value: `${formatNumber(summary.imagesPerSecond, 3)} images/s` },
    { label: "Seed", value: String(summary.seed) },
    { label: "Machine", value: summary.machine },
    { label: "Started", value: summary.startedAt },
    ...(summary.more ?? []),
  ];
}

const curveTitles: readonly { readonly quantity: CurveQuantity; readonly title: string; readonly caption: string }[] = [
  { quantity: "loss", title: "Loss", caption: "Bold: moving mean; faint: logged values." },
  { quantity: "accuracy", title: "Training accuracy", caption: "By cosine, without margin." },
  { quantity: "learningRate", title: "Learning rate", caption: "Set by the schedule." },
  { quantity: "verification", title: "Verification accuracy", caption: "On held-out pairs, during training." },
];

/** The section with the training curves of one or more runs; a quantity that no run has is omitted. */
export function curvesSection(runs: readonly RunCurves[]): ReportSection {
  const shown = curveTitles.filter(({ quantity }) => hasCurve(runs, quantity));
  const drawn = shown.map(({ quantity, title, caption }) => ({
    svg: trainingCurvesFigure(runs, quantity),
    title,
    caption,
  }));
  return { title: "Training curves", body: [figures(drawn), explainCurves()] };
}
