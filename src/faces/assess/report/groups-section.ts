/** Error rates by group. */
import type { GroupComparison, GroupRate } from "../../../measure/groups/index.ts";
import {
  bulletList,
  dataTable,
  figures,
  formatCosine,
  formatCount,
  formatNumber,
  formatRate,
  type Html,
  heading,
  heatMapFigure,
  html,
  note,
  paragraph,
  type ReportSection,
} from "../../../measure/report/index.ts";
import type { AssessedAttribute, Assessment } from "../assessment.ts";
import { refusal } from "./rates-sections.ts";
import { confidenceText, rateCell, thresholdCell } from "./text.ts";

const right = { align: "right" } as const;

/** A section for each attribute. */
export function groupSections({ groups, wanted }: Assessment): ReportSection[] {
  return groups.map((attribute) => ({
    title: `Groups: ${attribute.name}`,
    body: [
      ...peopleMissing(attribute),
      ...(attribute.comparison.groups === null
        ? [refusal(`Rates by ${attribute.name}`, attribute.comparison.reason)]
        : comparisonBody(attribute.comparison, attribute, wanted.far)),
    ],
  }));
}

/** Who is missing on either side, if anybody. */
function peopleMissing({ missingPersonCount, unknownPersonCount }: AssessedAttribute): Html[] {
  const texts = [
    ...(missingPersonCount === 0
      ? []
      : [`People of the folder without a group in the table, left out here: ${formatCount(missingPersonCount)}.`]),
    ...(unknownPersonCount === 0 ? [] : [`People of the table without a folder: ${formatCount(unknownPersonCount)}.`]),
  ];
  return texts.length === 0 ? [] : [paragraph(texts.join(" "))];
}

function comparisonBody(comparison: GroupComparison, attribute: AssessedAttribute, far: number): Html[] {
  const { groups, threshold, confidence, differentials, reason, compared } = comparison;
  const refused = groups.flatMap(({ fmr, fnmr }) =>
    [fmr, fnmr].flatMap((rate) => (rate.rate === null ? [rate.reason] : [])),
  );
  return [
    dataTable({
      columns: [
        { title: attribute.name },
        { title: "People", ...right },
        { title: "FMR", ...right },
        { title: "FNMR", ...right },
      ],
      rows: groups.map(({ name, personCount, fmr, fnmr }) => [
        name,
        formatCount(personCount),
        groupRateCell(fmr),
        groupRateCell(fnmr),
      ]),
      caption: `At the one threshold for FMR ${formatRate(far)}, ${formatCosine(threshold)}. FMR: of pairs of two people of the group. Intervals at ${confidenceText(confidence)}, by person.`,
    }),
    ...(refused.length === 0 ? [] : [bulletList(refused.map((text) => `Not given: ${text}.`))]),
    ...heatMap(comparison),
    heading("How much they differ"),
    ...(reason === undefined
      ? [
          dataTable({
            columns: [{ title: "Measure" }, { title: "Value", ...right }, { title: "Interval", ...right }],
            rows: differentials.map(({ title, meaning, value, interval }) => [
              html`${title}<br><small>${meaning}</small>`,
              value === null ? "undefined" : formatNumber(value, 3),
              `${formatNumber(interval.low, 3)} to ${Number.isFinite(interval.high) ? formatNumber(interval.high, 3) : "∞"}`,
            ]),
            caption: `Over ${compared.join(", ")}. Intervals at ${confidenceText(confidence)}, from those of the rates. A ratio to a group without an error is undefined: only its interval is given.`,
          }),
        ]
      : [refusal("Measures that compare groups", reason)]),
    heading("What each group’s own threshold would be"),
    note([
      "Shown to judge the one threshold by, and applied nowhere: a threshold by group would treat people by the group that somebody takes them for.",
    ]),
    dataTable({
      columns: [
        { title: attribute.name },
        { title: `Threshold for FMR ${formatRate(far)}`, ...right },
        { title: "Missed", ...right },
      ],
      rows: attribute.thresholds.map(({ name, found }) =>
        found.tar === null
          ? [name, "too few pairs", "–"]
          : [name, thresholdCell(found.threshold, found.thresholdInterval), formatRate(1 - found.tar)],
      ),
    }),
  ];
}

function groupRateCell(rate: GroupRate): Html | string {
  return rate.rate === null ? "too few" : rateCell(rate.rate, rate.interval);
}

function heatMap({ groups, matrix }: GroupComparison): Html[] {
  if (groups.length < 2) return [];
  const values = matrix.map((row) => row.map(({ rate }) => (rate === null || rate === 0 ? null : Math.log10(rate))));
  return [
    figures([
      {
        svg: heatMapFigure({
          title: "Logarithm of the false match rate between groups",
          names: groups.map(({ name }) => name),
          values,
          format: (value) => value.toFixed(2).replace("-", "−"),
        }),
        title: "FMR between groups, log₁₀",
        caption:
          "−3 is one false match in a thousand pairs; the darker, the more. The diagonal has pairs of two people of one group. A dash: too few pairs, or no false match among them.",
      },
    ]),
  ];
}
