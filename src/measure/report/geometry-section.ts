/**
 * Figures of the class centers: each row of the last weight matrix is the direction of one identity. Training moves the
 * centers apart and the samples towards their centers.
 */
import type { CenterGeometry, SampleGeometry } from "../hypersphere/index.ts";
import {
  type CaptionedFigure,
  dataTable,
  factTable,
  figures,
  imageRow,
  note,
  paragraph,
  type ReportImage,
} from "./blocks.ts";
import { angleHistogramFigure } from "./figures/histograms.ts";
import { linesFigure } from "./figures/lines.ts";
import { formatCosine, formatCount, formatDegrees, formatNumber, formatPercent } from "./format.ts";
import type { Html } from "./html.ts";
import type { ReportSection } from "./page.ts";

/** Geometry of class centers and samples after training, and of the centers during training. */
export type GeometryData = {
  readonly centers: CenterGeometry;
  /** Number of identities of the run, if `centers` are an evenly spaced part of them. */
  readonly identityCount?: number;
  readonly samples?: SampleGeometry | undefined;
  /** From the log of the run. */
  readonly history?: readonly CenterAngles[];
  /** One image of each identity of a pair, for the first of `centers.closestPairs`. */
  readonly pairImages?: readonly (readonly [first: ReportImage, second: ReportImage])[];
  /** The cosine margin of the loss, shown beside the margins reached. */
  readonly margin?: number | undefined;
};

/** Angles from class centers to their nearest neighbors after some steps, in degrees. */
export type CenterAngles = {
  readonly iteration: number;
  readonly meanNearestDegrees: number;
  readonly smallestDegrees: number;
};

/**
 * The figures by file name, without extension: `centers-nearest`, `centers-pairs`, `samples-angles`, `centers-history`.
 */
export function geometryFigures({ centers, samples, history = [] }: GeometryData): Record<string, CaptionedFigure> {
  return {
    "centers-nearest": nearestFigure(centers),
    "centers-pairs": pairsFigure(centers),
    ...(samples === undefined ? {} : { "samples-angles": samplesFigure(samples) }),
    ...(history.length < 2 ? {} : { "centers-history": historyFigure(history) }),
  };
}

/** The section on class centers of a training report; also the body of the geometry report. */
export function geometrySection(data: GeometryData): ReportSection {
  const { centers, samples, margin, pairImages = [], identityCount = centers.identities } = data;
  const all = identityCount === centers.identities ? "" : ` of ${formatCount(identityCount)}, evenly spaced`;
  return {
    title: "Class centers",
    body: [
      paragraph(
        "Each row of the last weight matrix, scaled to length 1, is the center of one identity. After a good training the centers are far apart and the samples are close to their own centers.",
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
      ...closestPairs(centers, pairImages),
    ],
  };
}

function bestText({ best, shortfallDegrees }: CenterGeometry): string {
  return `the best possible is ${best.minimumAngleDegrees === best.limitAngleDegrees ? "" : "below "}${formatDegrees(best.limitAngleDegrees)}, ${formatDegrees(Math.max(0, shortfallDegrees))} more`;
}

function sampleFacts(samples: SampleGeometry, margin: number | undefined) {
  const asked = margin === undefined ? "" : `; the loss requires ${formatNumber(margin)}`;
  return [
    { label: "Training images measured", value: formatCount(samples.margin.length) },
    {
      label: "Image to its own center",
      value: `${formatDegrees(samples.meanOwnDegrees)} on average; to the nearest other ${formatDegrees(samples.meanNearestOtherDegrees)}`,
    },
    {
      label: "Margin reached",
      value: `${formatNumber(samples.meanMargin, 3)} on average (cosine to the own center minus the largest to another)${asked}`,
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
      "Shares of identities. The line marks the upper bound of the smallest angle between this number of centers.",
  };
}

function pairsFigure({ pairHistogram }: CenterGeometry): CaptionedFigure {
  return {
    svg: angleHistogramFigure([{ name: "pairs", histogram: pairHistogram }], {
      title: "Angles between all pairs of class centers",
    }),
    title: "Angles of all pairs of centers",
    caption: "Random directions are about 90° apart; with more dimensions they are closer to 90°.",
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
      "Shares of the measured training images. The less the two distributions overlap, the larger the margin reached.",
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
    caption: "Angle from a center to the nearest other center, at each checkpoint.",
  };
}

function closestPairs({ closestPairs: pairs }: CenterGeometry, pairImages: GeometryData["pairImages"] = []): Html[] {
  if (pairs.length === 0) return [];
  const hasImages = pairImages.length > 0;
  return [
    note([
      "Check the identities with the closest centers first: they are often one person with two labels, and training then pushes the images of one person apart.",
    ]),
    dataTable({
      columns: [
        { title: "Labels" },
        ...(hasImages ? [{ title: "An image of each" }] : []),
        { title: "Cosine", align: "right" },
        { title: "Angle", align: "right" },
      ],
      rows: pairs.map(({ first, second, cosine, degrees }, i) => {
        const shown = pairImages[i];
        return [
          `${first} and ${second}`,
          ...(hasImages ? [shown === undefined ? "" : imageRow(shown)] : []),
          formatCosine(cosine),
          formatDegrees(degrees),
        ];
      }),
      caption: "Pairs of identities with the highest cosine between their centers",
    }),
  ];
}
