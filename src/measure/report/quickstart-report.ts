/**
 * The page that the quickstart leaves: two networks, alike but for the loss, trained on synthetic people and tested on
 * others. It is the first thing a newcomer reads, so it explains more and assumes less than the other reports.
 */
import type { VerificationResult } from "../eval/index.ts";
import {
  commandBlock,
  dataTable,
  factTable,
  heading,
  keyNumbers,
  note,
  type Picture,
  paragraph,
  pictures,
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
  /** Of training. */
  readonly seconds: number;
};

/** Two pictures, whether they show the same person, and the score that each model gives them, in the models' order. */
export type ExamplePair = {
  readonly left: Picture;
  readonly right: Picture;
  readonly same: boolean;
  readonly scores: readonly number[];
};

/** What the quickstart made and measured. */
export type QuickstartReportData = {
  readonly network: string;
  readonly trainingIdentityCount: number;
  readonly trainingImageCount: number;
  /** People that no network saw in training; the pairs are made of these. */
  readonly unseenIdentityCount: number;
  /** The plain softmax first, then the loss that is compared with it. */
  readonly models: readonly [baseline: QuickstartModel, contender: QuickstartModel];
  /** A few training images. */
  readonly examples: readonly Picture[];
  readonly pairs?: readonly ExamplePair[];
  readonly command: string;
  readonly seed: number;
  readonly machine: string;
  /** From the first picture to the last score. */
  readonly seconds: number;
  /** Where the contender's network was written, as a person would type it. */
  readonly modelPath: string;
  readonly theme?: "light" | "dark";
};

/** The quickstart's report as a self-contained HTML page. */
export function quickstartReport(data: QuickstartReportData): string {
  const [baseline, contender] = data.models;
  return reportPage({
    title: `${contender.name} and ${baseline.name}, side by side`,
    lead: `A face network trained twice on this machine, once with each loss, and tested on people it has never seen. All of it took ${formatDuration(data.seconds)}.`,
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

/** Who did better, said no stronger than the spread over the folds allows. */
function verdict(baseline: QuickstartModel, contender: QuickstartModel): string {
  const points = (contender.result.accuracy - baseline.result.accuracy) * 100;
  const noise = Math.hypot(standardError(baseline.result), standardError(contender.result)) * 100;
  const difference = `${Math.abs(points).toFixed(1)} percentage points`;
  if (Math.abs(points) < 2 * noise) {
    return `The two differ by ${difference}, which is within the noise of so small a test: run it with more data or other seeds before preferring one.`;
  }
  const [better, worse] = points > 0 ? [contender, baseline] : [baseline, contender];
  const surprise = points > 0 ? "" : " That is not what the paper leads one to expect; a single short run is no proof.";
  return `${better.name} decides ${difference} more of the pairs rightly than ${worse.name}.${surprise}`;
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
        `${formatCount(data.trainingIdentityCount)} people were invented and drawn ${formatCount(data.trainingImageCount)} times, each time with another pose, light and expression. The same network was trained from the same start to tell them apart, once with ${baseline.name} and once with ${contender.name}.`,
      ),
      pictures(data.examples),
      paragraph(
        `Then each network was shown ${formatCount(contender.result.pairCount)} pairs of pictures of ${formatCount(data.unseenIdentityCount)} other people and had to say whether a pair shows one person. This is the test that counts: a face network is used on people it was not trained on.`,
      ),
      note(
        [
          "These people are drawings. The network has learnt what tells drawings apart, and is of no use on photographs; for those, train it on photographs.",
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
    pictures([left, right]),
    same ? "same person" : "two people",
    ...models.map((model, index) => scoreCell(scores[index] ?? Number.NaN, same, model.result)),
  ]);
  return [
    {
      title: "Some of the pairs",
      body: [
        paragraph(
          "Each model's score beside its threshold, and what it decides. Compare a score with the threshold of its own model, never with the other model's score.",
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
  return html`${comparison}: ${accepted ? "accepted" : "rejected"}, ${accepted === same ? "right" : html`<b>wrong</b>`}`;
}

function whatNext({ modelPath }: QuickstartReportData): ReportSection {
  return {
    title: "What to do next",
    body: [
      stepList([
        html`<b>Train on your own pictures.</b> One folder for each person, any image format, faces cropped alike:
${commandBlock("npx cosface train --data FOLDER --network sphere20 --loss cosface --margin 0.35 --scale 64 --batch 128 --epochs 20 --out runs/first")}`,
        html`<b>Measure it on a public test</b>, so that the number can be compared with others':
${commandBlock("npx cosface evaluate runs/first/model.onnx --protocol lfw --images DIR --pairs pairs.txt")}`,
        html`<b>Choose a threshold</b> by the false accept rate that your use can bear, on pairs of people like yours who are
not in the training data.`,
        html`<b>Use the network elsewhere.</b> ${html`<code>${modelPath}</code>`} is an ONNX file with its preprocessing
recorded inside; whatever runs ONNX can run it.`,
      ]),
      heading("Before it meets real people"),
      paragraph(
        "Face embeddings are biometric data: ask the people concerned, keep no more than you need, and do not let a score alone decide anything that matters to a person.",
      ),
    ],
  };
}
