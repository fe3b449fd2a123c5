/**
 * Class centers, made visible: the rows of the last weight matrix are one direction for each identity, and training is
 * nothing but moving them apart while the samples gather around them.
 */
import type { CenterGeometry, SampleGeometry } from "../hypersphere/index.ts";
import {
  type CaptionedFigure,
  dataTable,
  factTable,
  figures,
  note,
  type Picture,
  paragraph,
  pictures,
} from "./blocks.ts";
import { angleHistogramFigure } from "./figures/histograms.ts";
import { linesFigure } from "./figures/lines.ts";
import { formatCosine, formatCount, formatDegrees, formatNumber, formatPercent } from "./format.ts";
import type { Html } from "./html.ts";
import type { ReportSection } from "./page.ts";

/** Where class centers and samples lie after training, and how the centers came there. */
export type GeometryData = {
  readonly centers: CenterGeometry;
  /** Identities of the run, where `centers` are an even part of them. */
  readonly identityCount?: number;
  readonly samples?: SampleGeometry | undefined;
  /** From the run's log. */
  readonly history?: readonly CenterAngles[];
  /** A sample picture of each of two identities, for the first of `centers.closestPairs`. */
  readonly pairPictures?: readonly (readonly [first: Picture, second: Picture])[];
  /** The loss's cosine margin, marked beside the margins reached. */
  readonly margin?: number | undefined;
};

/** Angles from class centers to their nearest neighbors after some steps, in degrees. */
export type CenterAngles = {
  readonly iteration: number;
  readonly meanNearestDegrees: number;
  readonly smallestDegrees: number;
};

/** The figures by file name, without ending: `centers-nearest`, `centers-pairs`, `samples-angles`, `centers-history`. */
export function geometryFigures({ centers, samples, history = [] }: GeometryData): Record<string, CaptionedFigure> {
  return {
    "centers-nearest": nearestFigure(centers),
    "centers-pairs": pairsFigure(centers),
    ...(samples === undefined ? {} : { "samples-angles": samplesFigure(samples) }),
    ...(history.length < 2 ? {} : { "centers-history": historyFigure(history) }),
  };
}

/** The section about class centers of a training report, or the body of a page of their own. */
export function geometrySection(data: GeometryData): ReportSection {
  const { centers, samples, margin, pairPictures = [], identityCount = centers.identities } = data;
  const all = identityCount === centers.identities ? "" : ` of ${formatCount(identityCount)}, evenly taken`;
  return {
    title: "Class centers",
    body: [
      paragraph(
        "Each row of the last weight matrix, scaled to length 1, is the center of one identity. What training reached is seen in how far centers stand apart, and how near the samples are to their own.",
      ),
      factTable([
        {
          label: "Identities, dimensions",
          value: `${formatCount(centers.identities)}${all}, ${formatCount(centers.dimension)}`,
        },
        { label: "Nearest other center", value: `${formatDegrees(centers.meanNearestDegrees)} on average` },
        {
          label: "The two nearest centers",
          value: `${formatDegrees(centers.minimumAngleDegrees)} apart; ${bestText(centers)}`,
        },
        { label: "All pairs of centers", value: `${formatDegrees(centers.meanPairDegrees)} on average` },
        ...(samples === undefined ? [] : sampleFacts(samples, margin)),
      ]),
      figures(Object.values(geometryFigures(data))),
      ...closestPairs(centers, pairPictures),
    ],
  };
}

function bestText({ best, shortfallDegrees }: CenterGeometry): string {
  return `the best possible is ${best.minimumAngleDegrees === best.limitAngleDegrees ? "" : "below "}${formatDegrees(best.limitAngleDegrees)}, ${formatDegrees(Math.max(0, shortfallDegrees))} more`;
}

function sampleFacts(samples: SampleGeometry, margin: number | undefined) {
  const asked = margin === undefined ? "" : `; the loss asks for ${formatNumber(margin)}`;
  return [
    { label: "Training images measured", value: formatCount(samples.margin.length) },
    {
      label: "Image to its own center",
      value: `${formatDegrees(samples.meanOwnDegrees)} on average; to the nearest other ${formatDegrees(samples.meanNearestOtherDegrees)}`,
    },
    {
      label: "Margin reached",
      value: `${formatNumber(samples.meanMargin, 3)} on average (cosine to the own center less the largest to another)${asked}`,
    },
    { label: "Own center is the nearest", value: `${formatPercent(samples.correctShare)} of these images` },
  ];
}

function nearestFigure({ nearestHistogram, best }: CenterGeometry): CaptionedFigure {
  return {
    svg: angleHistogramFigure([{ name: "centers", histogram: nearestHistogram }], {
      title: "Angle between each class center and its nearest neighbor",
      marks: [{ at: best.limitAngleDegrees, label: `limit ${formatDegrees(best.limitAngleDegrees)}` }],
    }),
    title: "Angle to the nearest other center",
    caption:
      "Shares of identities. The line is the largest angle that so many centers can all have to their neighbors.",
  };
}

function pairsFigure({ pairHistogram }: CenterGeometry): CaptionedFigure {
  return {
    svg: angleHistogramFigure([{ name: "pairs", histogram: pairHistogram }], {
      title: "Angles between all pairs of class centers",
    }),
    title: "Angles of all pairs of centers",
    caption: "Random directions lie near 90°, the more narrowly the more dimensions there are.",
  };
}

function samplesFigure({ ownDegrees, nearestOtherDegrees }: SampleGeometry): CaptionedFigure {
  const distributions = [
    { name: "own center", degrees: ownDegrees },
    { name: "nearest other", degrees: nearestOtherDegrees },
  ];
  return {
    svg: angleHistogramFigure(distributions, { title: "Angles of training images to class centers" }),
    title: "Angles of images to centers",
    caption:
      "Shares of the training images that were measured. The less the two overlap, the larger the margin reached.",
  };
}

function historyFigure(history: readonly CenterAngles[]): CaptionedFigure {
  const line = (name: string, of: (row: CenterAngles) => number) => ({
    name,
    points: history.map((row) => ({ x: row.iteration, y: of(row) })),
  });
  return {
    svg: linesFigure([line("mean", (row) => row.meanNearestDegrees), line("smallest", (row) => row.smallestDegrees)], {
      title: "Angle to the nearest other center by iteration",
      x: { name: "Iteration", format: formatCount },
      y: { name: "Angle (degrees)", format: (degrees) => formatDegrees(degrees, 0) },
    }),
    title: "Centers during training",
    caption: "Angle from a center to the nearest other one, at each checkpoint.",
  };
}

function closestPairs(
  { closestPairs: pairs }: CenterGeometry,
  pairPictures: GeometryData["pairPictures"] = [],
): Html[] {
  if (pairs.length === 0) return [];
  const hasPictures = pairPictures.length > 0;
  return [
    note([
      "Identities whose centers are closest are the ones to look at first: often they are one person under two labels, and training is told to push that person away from itself.",
    ]),
    dataTable({
      columns: [
        { title: "Labels" },
        ...(hasPictures ? [{ title: "A picture of each" }] : []),
        { title: "Cosine", align: "right" },
        { title: "Angle", align: "right" },
      ],
      rows: pairs.map(({ first, second, cosine, degrees }, i) => {
        const shown = pairPictures[i];
        return [
          `${first} and ${second}`,
          ...(hasPictures ? [shown === undefined ? "" : pictures(shown)] : []),
          formatCosine(cosine),
          formatDegrees(degrees),
        ];
      }),
      caption: "Pairs of identities with the highest cosine between their centers",
    }),
  ];
}
