/**
 * The report of the quickstart: two networks that differ only in the loss, trained on synthetic people and tested on
 * others. A newcomer reads it first, so it explains more than the other reports.
 */
import type { VerificationResult } from "../eval/index.ts";
import {
  commandBlock,
  dataTable,
  factTable,
  heading,
  imageRow,
  keyNumbers,
  note,
  paragraph,
  type ReportImage,
  stepList,
} from "./blocks.ts";
import { explainScore } from "./explanations.ts";
import type { RunCurves } from "./figures/training-curves.ts";
import { formatCount, formatDuration, formatNumber, formatPercentSpread } from "./format.ts";
import { type Html, html } from "./html.ts";
import { type ReportSection, reportPage } from "./page.ts";
import { curvesSection, lossName, type TrainingSummary } from "./training-report.ts";
import { verificationSection } from "./verification-section.ts";

/** One of the quickstart's networks. */
export type QuickstartModel = {
  /** Such as `softmax` or `CosFace`. */
  readonly name: string;
  readonly loss: TrainingSummary["loss"];
  readonly curves: RunCurves;
  readonly result: VerificationResult;
  /** Duration of training. */
  readonly seconds: number;
};

/** Two images, whether they show one person, and their score by each model, in the order of the models. */
export type ExamplePair = {
  readonly left: ReportImage;
  readonly right: ReportImage;
  readonly same: boolean;
  readonly scores: readonly number[];
};

/** The results of the quickstart. */
export type QuickstartReportData = {
  readonly network: string;
  readonly trainingIdentityCount: number;
  readonly trainingImageCount: number;
  /** Number of people in the test pairs; none of them was in the training data. */
  readonly unseenIdentityCount: number;
  /** Plain softmax first, then the loss to compare with it. */
  readonly models: readonly [baseline: QuickstartModel, contender: QuickstartModel];
  /** A few training images. */
  readonly examples: readonly ReportImage[];
  readonly pairs?: readonly ExamplePair[];
  readonly command: string;
  readonly seed: number;
  readonly machine: string;
  /** From the first image to the last score. */
  readonly seconds: number;
  /** Path of the contender's network. */
  readonly modelPath: string;
  readonly theme?: "light" | "dark";
};

/** The quickstart's report as a self-contained HTML page. */
export function quickstartReport(data: QuickstartReportData): string {
  const [baseline, contender] = data.models;
  return reportPage({
    title: `${contender.name} and ${baseline.name}, side by side`,
    lead: `The same face network, trained on this machine once with each loss and tested on people who were not in the training data. Total time: ${formatDuration(data.seconds)}.`,
    summary: [
      keyNumbers(
        data.models.map(({ name, result, seconds }) => ({
          value: formatPercentSpread(result.accuracy, result.standardDeviation),
          label: `verification accuracy, ${name}`,
          detail: `${formatCount(result.pairCount)} pairs of unseen people; trained in ${formatDuration(seconds)}`,
        })),
      ),
      paragraph(verdict(baseline, contender)),
    ],
    sections: [
      whatHappened(data),
      verificationSection([
        { name: baseline.name, result: baseline.result },
        { name: contender.name, result: contender.result },
      ]),
      ...pairsSection(data),
      curvesSection(data.models.map(({ name, curves }) => ({ ...curves, name }))),
      { title: "What a score means", body: explainScore() },
      whatNext(data),
    ],
    footer: `Made by cosface · seed ${data.seed} · ${data.machine}`,
    ...(data.theme === undefined ? {} : { theme: data.theme }),
  });
}

/** The comparison of the two, no stronger than the spread over the folds allows. */
function verdict(baseline: QuickstartModel, contender: QuickstartModel): string {
  const points = (contender.result.accuracy - baseline.result.accuracy) * 100;
  const noise = Math.hypot(standardError(baseline.result), standardError(contender.result)) * 100;
  const difference = `${Math.abs(points).toFixed(1)} percentage points`;
  if (Math.abs(points) < 2 * noise) {
    return `The two differ by ${difference}, which is within the noise of such a small test. Use more data or other seeds before you prefer one.`;
  }
  const [better, worse] = points > 0 ? [contender, baseline] : [baseline, contender];
  const surprise = points > 0 ? "" : " The paper suggests the opposite; a single short run proves neither.";
  return `${better.name} decides ${difference} more of the pairs correctly than ${worse.name}.${surprise}`;
}

function standardError({ standardDeviation, folds }: VerificationResult): number {
  return standardDeviation / Math.sqrt(folds.length);
}

function whatHappened(data: QuickstartReportData): ReportSection {
  const [baseline, contender] = data.models;
  return {
    title: "What happened",
    body: [
      paragraph(
        `A renderer drew ${formatCount(data.trainingImageCount)} images of ${formatCount(data.trainingIdentityCount)} synthetic people, each with another pose, light and expression. The same network was trained from the same initial weights to distinguish these people, once with ${baseline.name} and once with ${contender.name}.`,
      ),
      imageRow(data.examples),
      paragraph(
        `Then each network decided for ${formatCount(contender.result.pairCount)} pairs of images of ${formatCount(data.unseenIdentityCount)} other people whether a pair shows one person. This test matters most, because a face network is used on people who were not in its training data.`,
      ),
      note(
        [
          "These people are drawings. The network has learnt to distinguish drawings and does not work on photographs. To recognize people in photographs, train it on photographs.",
        ],
        "warning",
      ),
      factTable([
        { label: "Network", value: data.network },
        { label: "Losses", value: data.models.map(({ loss }) => lossName(loss)).join("; ") },
        { label: "Seed", value: String(data.seed) },
        { label: "Machine", value: data.machine },
        { label: "Time", value: formatDuration(data.seconds) },
        { label: "Command", value: html`<code>${data.command}</code>` },
      ]),
    ],
  };
}

function pairsSection({ pairs = [], models }: QuickstartReportData): ReportSection[] {
  if (pairs.length === 0) return [];
  const rows = pairs.map(({ left, right, same, scores }) => [
    imageRow([left, right]),
    same ? "same person" : "two people",
    ...models.map((model, index) => scoreCell(scores[index] ?? Number.NaN, same, model.result)),
  ]);
  return [
    {
      title: "Some of the pairs",
      body: [
        paragraph(
          "The score by each model, its threshold, and its decision. Compare a score with the threshold of the same model, never with a score by the other model.",
        ),
        dataTable({
          columns: [{ title: "Pair" }, { title: "Truth" }, ...models.map(({ name }) => ({ title: name }))],
          rows,
        }),
      ],
    },
  ];
}

function threshold({ folds }: VerificationResult): number {
  return folds.reduce((sum, fold) => sum + fold.threshold / folds.length, 0);
}

function scoreCell(score: number, same: boolean, result: VerificationResult): Html {
  const accepted = score >= threshold(result);
  const comparison = `${formatNumber(score, 2)} ${accepted ? "≥" : "<"} ${formatNumber(threshold(result), 2)}`;
  return html`${comparison}: ${accepted ? "accepted" : "rejected"}, ${accepted === same ? "correct" : html`<b>wrong</b>`}`;
}

function whatNext({ modelPath }: QuickstartReportData): ReportSection {
  return {
    title: "What to do next",
    body: [
      stepList([
        html`<b>Train on your own images.</b> One folder per person, any image format, all faces cropped alike:
${commandBlock("npx cosface train --data FOLDER --network sphere20 --loss cosface --margin 0.35 --scale 64 --batch 128 --epochs 20 --out runs/first")}`,
        html`<b>Measure it on a public test</b>, to compare the number with published ones:
${commandBlock("npx cosface evaluate runs/first/model.onnx --protocol lfw --images DIR --pairs pairs.txt")}`,
        html`<b>Choose a threshold</b> for the false accept rate that your application tolerates, on pairs of people like your users
who are not in the training data.`,
        html`<b>Use the network elsewhere.</b> ${html`<code>${modelPath}</code>`} is an ONNX file that also records its
preprocessing. Every ONNX runtime can run it.`,
      ]),
      heading("Before you use it on real people"),
      paragraph(
        "Face embeddings are biometric data: ask the people concerned, store no more than you need, and do not let a score alone make a decision that matters to a person.",
      ),
    ],
  };
}
