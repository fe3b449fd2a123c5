/** 1:1 and 1:N: rates with intervals, and the thresholds to take. */
import type { PairScores } from "../../../measure/eval/index.ts";
import type { ClusteredRate } from "../../../measure/groups/index.ts";
import {
  dataTable,
  detFigure,
  figures,
  formatCount,
  formatPercent,
  formatRate,
  type Html,
  html,
  linesFigure,
  note,
  paragraph,
  type ReportSection,
  scoreHistogramFigure,
} from "../../../measure/report/index.ts";
import type { AssessedIdentification, Assessment } from "../assessment.ts";
import { complement, confidenceText, rateCell, thresholdCell } from "./text.ts";

const right = { align: "right" } as const;

/** A part that the data are too few for, by name. */
export function refusal(what: string, reason: string): Html {
  return note([html`<b>${what}: not given.</b> ${reason}.`], "warning");
}

/** The thresholds for the wanted errors. */
export function thresholdSection(assessment: Assessment): ReportSection {
  const { verificationThreshold, searchThreshold, wanted, confidence } = assessment;
  const rows: (readonly (string | Html)[])[] = [];
  if (!("reason" in verificationThreshold) && "threshold" in verificationThreshold) {
    const { threshold, thresholdInterval, tar, tarInterval, far, farInterval } = verificationThreshold;
    rows.push([
      html`<b>1:1</b>, FMR ${formatRate(wanted.far)}`,
      thresholdCell(threshold, thresholdInterval),
      rateCell(far, farInterval),
      rateCell(1 - tar, complement(tarInterval)),
    ]);
  }
  if ("falsePositives" in searchThreshold) {
    const { threshold, thresholdInterval, falsePositives, falseNegatives, gallerySize } = searchThreshold;
    rows.push([
      html`<b>1:N</b>, FPIR ${formatRate(wanted.fpir)} among ${formatCount(gallerySize)} people`,
      thresholdCell(threshold, thresholdInterval),
      rateCell(falsePositives.rate, falsePositives.interval),
      rateCell(falseNegatives.rate, falseNegatives.interval),
    ]);
  }
  const refused = [
    ...("reason" in verificationThreshold && verificationThreshold.reason !== undefined
      ? [refusal(`Threshold for FMR ${formatRate(wanted.far)}`, verificationThreshold.reason)]
      : []),
    ...("reason" in searchThreshold && searchThreshold.reason !== undefined
      ? [refusal(`Threshold for FPIR ${formatRate(wanted.fpir)}`, searchThreshold.reason)]
      : []),
  ];
  return {
    title: "The threshold to take",
    body: [
      ...(rows.length === 0
        ? []
        : [
            dataTable({
              columns: [
                { title: "For" },
                { title: "Threshold (cosine)", ...right },
                { title: "False matches", ...right },
                { title: "Missed", ...right },
              ],
              rows,
              caption: `In parentheses: intervals at ${confidenceText(confidence)}, by person.`,
            }),
            paragraph(
              "The error rate at the threshold is known as well as its interval says. Where too many false matches would do harm, take the upper end of the threshold’s interval. A threshold holds for this network, this way to find faces, and people and cameras like these.",
            ),
          ]),
      ...refused,
    ],
  };
}

/** 1:1 on all pairs. */
export function verificationSection(
  { verification, verificationThreshold, confidence, data }: Assessment,
  { scores, peopleCount }: { readonly scores: PairScores | undefined; readonly peopleCount: number },
): ReportSection {
  const title = "Verification, 1:1";
  if ("reason" in verification) return { title, body: [refusal("Rates of pairs", verification.reason)] };
  const { rates, genuineCount, impostorCount, separation } = verification;
  const warnings = new Set(rates.flatMap((rate) => ("warning" in rate ? (rate.warning ?? []) : [])));
  const reasons = new Set(rates.flatMap((rate) => (rate.tar === null ? rate.reason : [])));
  const threshold = "threshold" in verificationThreshold ? verificationThreshold.threshold : undefined;
  const part = peopleCount < data.measuredPersonCount ? ` Drawn: the pairs of ${formatCount(peopleCount)} people.` : "";
  return {
    title,
    body: [
      paragraph(
        `All pairs were compared: ${formatCount(genuineCount)} genuine ones of one person and ${formatCount(impostorCount)} impostor pairs of two. d′, the distance of the two kinds of scores in standard deviations, is ${separation.dPrime.toFixed(2)}.`,
      ),
      dataTable({
        columns: [{ title: "FMR" }, { title: "FNMR", ...right }, { title: "Threshold (cosine)", ...right }],
        rows: rates.map((rate) =>
          rate.tar === null
            ? [formatRate(rate.far), "too few pairs", "–"]
            : [
                html`${rateCell(rate.far, rate.farInterval)}${rate.warning === undefined ? "" : " *"}`,
                rateCell(1 - rate.tar, complement(rate.tarInterval)),
                thresholdCell(rate.threshold, rate.thresholdInterval),
              ],
        ),
        caption: `FNMR: share of genuine pairs rejected where the share FMR of impostor pairs is accepted. Intervals at ${confidenceText(confidence)}, by person.`,
      }),
      ...[...warnings].map((warning) => paragraph(html`<small>* ${warning}</small>`)),
      ...[...reasons].map((reason) => paragraph(html`<small>Not given: ${reason}</small>`)),
      ...(scores === undefined
        ? []
        : [
            figures([
              {
                svg: scoreHistogramFigure({ ...scores, ...(threshold === undefined ? {} : { threshold }) }),
                title: "Scores",
                caption: `Shares of the genuine and of the impostor pairs.${threshold === undefined ? "" : " The line is the threshold above."}${part}`,
              },
              {
                svg: detFigure([{ name: "pairs", scores }]),
                title: "DET curve",
                caption: `Both error rates over all thresholds, on axes on which normal distributions give straight lines. Lower is better.${part}`,
              },
            ]),
          ]),
    ],
  };
}

/** 1:N by the size of the gallery. */
export function identificationSection({ identification, confidence, wanted }: Assessment): ReportSection {
  const title = "Identification, 1:N, with unknown people";
  if ("reason" in identification) return { title, body: [refusal("Rates of searches", identification.reason)] };
  const { repeats, fpirs, sizes } = identification;
  const reasons = new Set(
    sizes.flatMap(({ points }) => points.flatMap(({ reason }) => (reason === undefined ? [] : [reason]))),
  );
  return {
    title,
    body: [
      paragraph(
        `Some people are enrolled with one photograph, and their others are searched for; a third of the people is never enrolled and searched for too. Who is who was drawn anew ${formatCount(repeats)} times.`,
      ),
      dataTable({
        columns: [
          { title: "People enrolled", ...right },
          { title: "Rank 1", ...right },
          ...fpirs.map((fpir) => ({ title: `FNIR at FPIR ${formatRate(fpir)}`, ...right })),
        ],
        rows: sizes.map(({ gallerySize, rankOne, points }) => [
          formatCount(gallerySize),
          formatPercent(rankOne.rate),
          ...points.map((point) =>
            point.reason === undefined
              ? rateCell(point.falseNegatives.rate, point.falseNegatives.interval)
              : "too few people",
          ),
        ]),
        caption: `Rank 1: the best match is the right person, whatever its score. FNIR: the share of searches for enrolled people that do not name them, at the threshold at which the share FPIR of searches for unknown people names somebody. Intervals at ${confidenceText(confidence)}, by person searched for.`,
      }),
      ...[...reasons].slice(0, 3).map((reason) => paragraph(html`<small>Not given: ${reason}</small>`)),
      ...(sizes.length < 2 ? [] : [figures(sizeFigures(identification, wanted.far))]),
    ],
  };
}

function sizeFigures({ sizes, fpirs }: AssessedIdentification, far: number) {
  const point = (gallerySize: number, { rate, interval }: ClusteredRate) => ({ x: gallerySize, y: rate, ...interval });
  const axes = {
    x: {
      name: "People enrolled (log)",
      isLogarithmic: true,
      format: formatCount,
      ticks: sizes.map((one) => one.gallerySize),
    },
    y: { name: "Share of searches", format: formatRate, min: 0 },
  };
  const byFpir = fpirs.map((fpir, column) => ({
    name: `FPIR ${formatRate(fpir)}`,
    points: sizes.flatMap(({ gallerySize, points }) => {
      const found = points[column];
      return found === undefined || found.reason !== undefined ? [] : [point(gallerySize, found.falseNegatives)];
    }),
  }));
  const fixed = sizes.flatMap(({ gallerySize, fixed: rates }) => (rates === null ? [] : [{ gallerySize, ...rates }]));
  return [
    {
      svg: linesFigure(
        byFpir.filter(({ points }) => points.length > 0),
        { title: "FNIR by the size of the gallery", ...axes },
      ),
      title: "Missed, at a fixed FPIR",
      caption: "A larger gallery needs a higher threshold for the same FPIR, and misses more. Bands are the intervals.",
    },
    ...(fixed.length < 2
      ? []
      : [
          {
            svg: linesFigure(
              [
                {
                  name: "FPIR",
                  points: fixed.map(({ gallerySize, falsePositives }) => point(gallerySize, falsePositives)),
                },
                {
                  name: "FNIR",
                  points: fixed.map(({ gallerySize, falseNegatives }) => point(gallerySize, falseNegatives)),
                },
              ],
              { title: "FPIR and FNIR by the size of the gallery, at one threshold", ...axes },
            ),
            title: `Both errors, at the threshold for FMR ${formatRate(far)}`,
            caption:
              "A search compares with everybody, so at one threshold more unknown people are named the larger the gallery.",
          },
        ]),
  ];
}
