/** The report of an assessment as a self-contained page. */
import type { PairScores } from "../../../measure/eval/index.ts";
import {
  explainScore,
  factTable,
  formatCount,
  formatDuration,
  formatRate,
  html,
  type KeyNumber,
  keyNumbers,
  paragraph,
  type ReportSection,
  reportPage,
} from "../../../measure/report/index.ts";
import type { Assessment } from "../assessment.ts";
import type { ShownCases } from "../hard-case-pages.ts";
import { casesSection } from "./cases-section.ts";
import { dataSection } from "./data-section.ts";
import { groupSections } from "./groups-section.ts";
import { identificationSection, thresholdSection, verificationSection } from "./rates-sections.ts";
import { complement, confidenceText } from "./text.ts";

/** What the figures are drawn of. */
export type AssessmentFigures = { readonly scores: PairScores | undefined; readonly peopleCount: number };

/** The page. Equal arguments give equal text. */
export function assessmentPage(assessment: Assessment, figures: AssessmentFigures, cases: ShownCases): string {
  const { data, verificationThreshold, date } = assessment;
  const threshold = "threshold" in verificationThreshold ? verificationThreshold.threshold : undefined;
  return reportPage({
    title: "How well these people are recognized",
    lead: `${formatCount(data.measuredImageCount)} photographs of ${formatCount(data.measuredPersonCount)} people, measured on ${date}.`,
    summary: [
      keyNumbers(mainNumbers(assessment)),
      ...(cases.hasImages ? [paragraph("This file holds photographs of people: keep it as you keep those.")] : []),
    ],
    sections: [
      thresholdSection(assessment),
      verificationSection(assessment, figures),
      identificationSection(assessment),
      ...groupSections(assessment),
      casesSection(cases, threshold),
      dataSection(assessment),
      { title: "What a score means", body: explainScore() },
      howMeasured(assessment),
    ],
    footer: "Made by cosface",
  });
}

function mainNumbers({ verificationThreshold, searchThreshold, wanted, latency, data }: Assessment): KeyNumber[] {
  const between = ({ low, high }: { readonly low: number; readonly high: number }) =>
    `${formatRate(low)} to ${formatRate(high)}`;
  return [
    "threshold" in verificationThreshold
      ? {
          value: formatRate(1 - verificationThreshold.tar),
          label: `FNMR at FMR ${formatRate(wanted.far)}`,
          detail: `1:1, genuine pairs rejected; interval ${between(complement(verificationThreshold.tarInterval))}`,
        }
      : { value: "too few", label: `FNMR at FMR ${formatRate(wanted.far)}`, detail: "see below what would be needed" },
    "falseNegatives" in searchThreshold
      ? {
          value: formatRate(searchThreshold.falseNegatives.rate),
          label: `FNIR at FPIR ${formatRate(wanted.fpir)}`,
          detail: `1:N among ${formatCount(searchThreshold.gallerySize)} people; interval ${between(searchThreshold.falseNegatives.interval)}`,
        }
      : {
          value: "too few",
          label: `FNIR at FPIR ${formatRate(wanted.fpir)}`,
          detail: "see below what would be needed",
        },
    {
      value: formatCount(data.withoutFace.length + data.unreadable.length),
      label: "photographs without a face",
      detail: `of ${formatCount(data.imageCount)}, unreadable ones included`,
    },
    ...(latency === null
      ? []
      : [
          {
            value: formatDuration(latency.median),
            label: "for a photograph",
            detail: `median to find and embed its faces; 95th percentile ${formatDuration(latency.p95)}`,
          },
        ]),
  ];
}

function howMeasured({ command, machine, seed, confidence, model, detector, date }: Assessment): ReportSection {
  return {
    title: "How this was measured",
    body: [
      paragraph(
        `Each interval is at ${confidenceText(confidence)} and treats people as the sample: pairs and searches that share a person carry less information than their number suggests. It does not cover other cameras, ages or places than those of these photographs.`,
      ),
      factTable([
        { label: "Command", value: command === null ? undefined : html`<code>${command}</code>` },
        { label: "Network", value: html`<code>${model}</code>` },
        { label: "Detector", value: detector ?? "none: aligned crops" },
        { label: "Seed", value: String(seed) },
        { label: "Machine", value: machine ?? undefined },
        { label: "Date", value: date },
      ]),
    ],
  };
}
