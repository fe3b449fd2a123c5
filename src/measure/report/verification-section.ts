/** The section on a verification of one or several models: rates, curves, folds, and explanations. */
import type { VerificationResult } from "../eval/index.ts";
import { dataTable, factTable, figures, heading, paragraph } from "./blocks.ts";
import { explainVerification } from "./explanations.ts";
import { scoreHistogramFigure } from "./figures/histograms.ts";
import { detFigure, rocFigure } from "./figures/verification-curves.ts";
import { formatCount, formatNumber, formatPercent, formatPercentSpread, formatRate } from "./format.ts";
import { type Html, html } from "./html.ts";
import type { ReportSection } from "./page.ts";

/** A model's name and its result. */
export type NamedVerification = { readonly name: string; readonly result: VerificationResult };

/**
 * The verification of one model, or of several on the same pairs in the same variant (the variant of the first is
 * named). A single model also gets a table of folds.
 */
export function verificationSection(models: readonly [NamedVerification, ...NamedVerification[]]): ReportSection {
  const [{ result: first }] = models;
  const curves = models.map(({ name, result }) => ({ name, scores: scoresOf(result) }));
  return {
    title: `Verification: ${first.protocol}`,
    body: [
      factTable([
        { label: "Protocol", value: first.protocol },
        { label: "Variant", value: first.variant },
        {
          label: "Pairs",
          value: `${formatCount(first.pairCount)} in ${formatCount(first.folds.length)} folds: ${formatCount(first.genuineScores.length)} genuine, ${formatCount(first.impostorScores.length)} impostor`,
        },
      ]),
      rateTable(models),
      ...refusals(models),
      figures([
        {
          svg: rocFigure(curves),
          title: "ROC curve",
          caption:
            "Higher is better. The left end shows how many genuine pairs are accepted when almost no impostor pairs are.",
        },
        ...models.map(({ name, result }) => ({
          svg: scoreHistogramFigure({ ...scoresOf(result), threshold: meanThreshold(result) }),
          title: models.length === 1 ? "Scores" : `Scores: ${name}`,
          caption:
            "Shares of the genuine and of the impostor pairs. Less overlap is better; the line is the mean threshold of the folds.",
        })),
        {
          svg: detFigure(curves),
          title: "DET curve",
          caption:
            "Lower is better. Normally distributed scores give straight lines on these axes. A line crosses the dotted diagonal at its EER.",
        },
      ]),
      ...(models.length === 1 ? [heading("Folds"), foldTable(first)] : []),
      heading("How to read this"),
      explainVerification({
        pairCount: first.pairCount,
        impostorCount: first.impostorScores.length,
        foldCount: first.folds.length,
      }),
    ],
  };
}

function scoresOf({ genuineScores, impostorScores }: VerificationResult) {
  return { genuine: genuineScores, impostor: impostorScores };
}

function meanThreshold({ folds }: VerificationResult): number {
  return folds.reduce((sum, { threshold }) => sum + threshold / folds.length, 0);
}

function rateTable(models: readonly NamedVerification[]): Html {
  const fars = models[0]?.result.tarAtFar.map(({ far }) => far) ?? [];
  const best = models.reduce((highest, { result }) => Math.max(highest, result.accuracy), 0);
  return dataTable({
    columns: [
      { title: "Model" },
      { title: "Accuracy", align: "right" },
      { title: "EER", align: "right" },
      { title: "AUC", align: "right" },
      ...fars.map((far) => ({ title: `TAR@FAR ${formatRate(far)}`, align: "right" as const })),
    ],
    rows: models.map(({ name, result }) => [
      name,
      formatPercentSpread(result.accuracy, result.standardDeviation),
      formatPercent(result.eer),
      formatNumber(result.auc),
      ...fars.map((far) => tarText(result, far)),
    ]),
    bestRows: models.length === 1 ? [] : models.flatMap(({ result }, row) => (result.accuracy === best ? [row] : [])),
  });
}

function tarText(result: VerificationResult, far: number): string {
  const point = result.tarAtFar.find((candidate) => candidate.far === far);
  if (point === undefined || point.tar === null) return "too few pairs";
  return formatPercent(point.tar) + (point.warning === undefined ? "" : " *");
}

function refusals(models: readonly NamedVerification[]): Html[] {
  const points = models.flatMap(({ result }) => result.tarAtFar);
  const refused = points.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
  const uncertain = points.flatMap(({ warning }) => (warning === undefined ? [] : [`* ${warning}`]));
  return [...new Set([...refused, ...uncertain])].map((reason) => paragraph(html`<small>${reason}</small>`));
}

function foldTable({ folds }: VerificationResult): Html {
  return dataTable({
    caption: "The threshold of each fold was chosen on the other folds.",
    columns: [
      { title: "Fold", align: "right" },
      { title: "Pairs", align: "right" },
      { title: "Accuracy", align: "right" },
      { title: "Threshold", align: "right" },
    ],
    rows: folds.map(({ pairCount, accuracy, threshold }, fold) => [
      String(fold + 1),
      formatCount(pairCount),
      formatPercent(accuracy, 2),
      threshold.toFixed(4).replace("-", "−"),
    ]),
  });
}
