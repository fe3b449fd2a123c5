/** The figures and report of the toy experiment: the two rows of figures of the paper, and the gap by margin. */
import { marginUpperBound } from "../../measure/hypersphere/index.ts";
import {
  type CaptionedFigure,
  commandBlock,
  dataTable,
  factTable,
  featureCircleFigure,
  featurePlaneFigure,
  figures,
  formatDegrees,
  formatDuration,
  formatNumber,
  formatPercent,
  keyNumbers,
  linesFigure,
  note,
  paragraph,
  reportPage,
} from "../../measure/report/index.ts";
import { summarizeToy, TOY_IDENTITIES, type ToyRun, type ToySummary } from "./toy.ts";

/** Contents of the report of the toy experiment. */
export type ToyReportOptions = {
  readonly runs: readonly ToyRun[];
  readonly scale: number;
  /** Training data, such as "synthetic people" or "train.rec". */
  readonly data: string;
  readonly command: string;
  readonly machine: string;
  /** Duration of the whole experiment. */
  readonly seconds: number;
  readonly theme?: "light" | "dark";
};

/** The bound of Eq. 7 for eight identities on the circle, 1 − cos 45°. */
const BOUND = marginUpperBound({ identities: TOY_IDENTITIES, dimension: 2 }).value;

/**
 * Figures by file name, without extension: `plane-…` and `circle-…` of the runs of the first seed, and
 * `gap-by-margin`.
 */
export function toyFigures(runs: readonly ToyRun[]): Record<string, CaptionedFigure> {
  const shown = runs.filter(({ seed }) => seed === runs[0]?.seed);
  const planes = shown.map((run): [string, CaptionedFigure] => [
    `plane-${fileName(run)}`,
    { svg: featurePlaneFigure({ ...run, title: `Features, ${run.name}` }), title: run.name },
  ]);
  const circles = shown.map((run): [string, CaptionedFigure] => [
    `circle-${fileName(run)}`,
    {
      svg: featureCircleFigure({ ...run, title: `Directions, ${run.name}` }),
      title: run.name,
      caption: `Mean gap between neighboring clouds ${formatDegrees(run.clouds.meanGap)}; nearest class centers ${formatDegrees(run.smallestCenterDegrees)} apart.`,
    },
  ]);
  return Object.fromEntries([...planes, ...circles, ["gap-by-margin", gapFigure(summarizeToy(runs))]]);
}

/** The toy experiment as a self-contained HTML page. */
export function toyReport(options: ToyReportOptions): string {
  const { runs, scale, data, command, machine, seconds, theme } = options;
  const summaries = summarizeToy(runs);
  const named = Object.entries(toyFigures(runs));
  const of = (prefix: string) => named.filter(([name]) => name.startsWith(prefix)).map(([, figure]) => figure);
  const seedCount = new Set(runs.map(({ seed }) => seed)).size;
  return reportPage({
    title: "Eight identities on a circle",
    lead: `A small network with two-dimensional features, trained with softmax and with CosFace at several margins (${data}).`,
    summary: [
      keyNumbers(
        summaries.map(({ name, meanGapDegrees, gapDeviationDegrees, runCount }) => ({
          value: formatDegrees(meanGapDegrees),
          label: name,
          detail: `mean gap between neighboring clouds${runCount > 1 ? `, ± ${formatDegrees(gapDeviationDegrees)} over ${runCount} seeds` : ""}`,
        })),
      ),
      paragraph(verdict(summaries)),
    ],
    sections: [
      {
        title: "Directions of the features by margin",
        body: [
          paragraph(
            "Points are the directions of the training images, and a cosine depends only on these. Rays are the class centers. The curves outside the circle are the distributions of each identity's directions. A wider gap between neighbors means that a larger margin was reached.",
          ),
          figures(of("circle-")),
        ],
      },
      {
        title: "Features with their lengths",
        body: [
          paragraph(
            "The same features before normalization. Softmax also lowers its loss by longer features; CosFace ignores lengths.",
          ),
          figures(of("plane-")),
        ],
      },
      {
        title: "Gap by margin",
        body: [figures(of("gap-")), table(summaries, seedCount), ...aboveTheBound(summaries)],
      },
      {
        title: "How to reproduce it",
        body: [
          commandBlock(command),
          factTable([
            { label: "Scale s of CosFace", value: formatNumber(scale) },
            { label: "Images", value: `${runs[0]?.labels.length ?? 0} of ${TOY_IDENTITIES} identities: ${data}` },
            { label: "Seeds", value: [...new Set(runs.map(({ seed }) => seed))].join(", ") },
            { label: "Machine", value: machine },
            { label: "Time", value: formatDuration(seconds) },
          ]),
        ],
      },
    ],
    footer: "Made by cosface",
    ...(theme === undefined ? {} : { theme }),
  });
}

function fileName({ name }: ToyRun): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-");
}

function gapFigure(summaries: readonly ToySummary[]): CaptionedFigure {
  const points = summaries.flatMap(({ margin, meanGapDegrees, gapDeviationDegrees }) =>
    margin === undefined
      ? []
      : [
          {
            x: margin,
            y: meanGapDegrees,
            ...(Number.isFinite(gapDeviationDegrees)
              ? { low: meanGapDegrees - gapDeviationDegrees, high: meanGapDegrees + gapDeviationDegrees }
              : {}),
          },
        ],
  );
  return {
    svg: linesFigure([{ name: "CosFace", points }], {
      title: "Mean angular gap between neighboring clouds by margin",
      x: { name: "Margin m (cosine)" },
      y: { name: "Mean gap (degrees)", format: (gap) => formatDegrees(gap, 0) },
      marks: [{ at: BOUND, label: `bound ${formatNumber(BOUND, 4)}` }],
    }),
    title: "Mean angular gap by margin",
    caption:
      "Band: standard deviation over the seeds. Beyond the dashed line, no arrangement of eight centers allows the margin.",
  };
}

function verdict(summaries: readonly ToySummary[]): string {
  const within = summaries.filter(({ margin }) => margin !== undefined && margin <= BOUND);
  const gaps = within.map(({ meanGapDegrees }) => meanGapDegrees);
  const isGrowing = gaps.every((gap, i) => gap > (gaps[i - 1] ?? Number.NEGATIVE_INFINITY));
  const listed = within.map(({ margin, meanGapDegrees }) => `${formatDegrees(meanGapDegrees)} at m = ${margin}`);
  return `Up to the bound of ${formatNumber(BOUND, 4)} the mean gap ${isGrowing ? "grows with the margin" : "does not grow with every step of the margin"}: ${listed.join(", ")}. Eight clouds of width 0 would be 45° apart.`;
}

function aboveTheBound(summaries: readonly ToySummary[]) {
  return summaries
    .filter(({ margin }) => margin !== undefined && margin > BOUND)
    .map(({ margin, loss, smallestCenterDegrees, correctShare }) =>
      note([
        `m = ${margin} exceeds 1 − cos 45° = ${formatNumber(BOUND, 4)}: for every arrangement of the centers, the target of some sample stays below another logit. The loss ends at ${formatNumber(loss, 3)}, the two nearest class centers ${formatDegrees(smallestCenterDegrees)} apart, and ${formatPercent(correctShare)} of the training images are nearest to their own center.`,
      ]),
    );
}

function table(summaries: readonly ToySummary[], seedCount: number) {
  return dataTable({
    columns: [
      { title: "Loss" },
      { title: "Mean gap", align: "right" },
      { title: "Smallest gap", align: "right" },
      { title: "Margin reached", align: "right" },
      { title: "Nearest centers", align: "right" },
      { title: "Nearest is own", align: "right" },
      { title: "Final loss", align: "right" },
    ],
    rows: summaries.map((row) => [
      row.name,
      formatDegrees(row.meanGapDegrees),
      formatDegrees(row.smallestGapDegrees),
      formatNumber(row.meanMargin, 3),
      formatDegrees(row.smallestCenterDegrees),
      formatPercent(row.correctShare),
      formatNumber(row.loss, 3),
    ]),
    caption: `Gaps between the arcs with the middle 90 % of each identity's directions; negative: clouds overlap. ${seedCount > 1 ? `Means over ${seedCount} seeds; smallest gap: of all.` : "One seed."}`,
  });
}
