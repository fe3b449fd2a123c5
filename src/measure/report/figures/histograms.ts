/** Distributions: scores of genuine and impostor pairs, and angles on the hypersphere. */
import { formatDegrees, formatNumber, formatRate } from "../format.ts";
import { axis, type FigureSize, frame, type Mark, standardSize, verticalMarks } from "./axes.ts";
import { type ChartSeries, drawChart } from "./chart.ts";
import type { Point } from "./points.ts";
import { seriesStyle } from "./theme.ts";
import { roundTicks } from "./ticks.ts";

/** Named angles in degrees: a list of them, or a histogram that starts at 0°. */
export type AngleDistribution = { readonly name: string } & (
  | { readonly degrees: ArrayLike<number> }
  | { readonly histogram: { readonly binDegrees: number; readonly counts: ArrayLike<number> } }
);

/** The scores of one set of pairs, by kind. */
export type PairScoreSets = {
  readonly genuine: ArrayLike<number>;
  readonly impostor: ArrayLike<number>;
  /** Pairs at or above it are accepted; marked by a line. */
  readonly threshold?: number;
};

/** Histograms of the scores of genuine and impostor pairs, as shares of the genuine and of the impostor pairs. */
export function scoreHistogramFigure({ genuine, impostor, threshold }: PairScoreSets, size: FigureSize = {}): string {
  return histogram(
    [
      { name: "genuine pairs", points: outline(genuine, scoreBinWidth) },
      { name: "impostor pairs", points: outline(impostor, scoreBinWidth) },
    ],
    {
      title: "Scores of genuine and impostor pairs",
      axisName: "Score (cosine)",
      format: formatNumber,
      marks: threshold === undefined ? [] : [{ at: threshold, label: `threshold ${formatNumber(threshold, 3)}` }],
      ...size,
    },
  );
}

const scoreBinWidth = 0.025;

/** Options of an angle histogram. */
export type AngleHistogramOptions = FigureSize & {
  /** The accessible name, such as `Angle between each class center and its nearest neighbor`. */
  readonly title: string;
  /** Lines such as the best packing's angle, in degrees. */
  readonly marks?: readonly Mark[];
  /** Width of a bin in degrees for lists of angles; default 2. */
  readonly binWidth?: number;
};

/** Histograms of angles in degrees, each as shares of its values. */
export function angleHistogramFigure(
  distributions: readonly AngleDistribution[],
  { title, marks = [], binWidth = 2, ...size }: AngleHistogramOptions,
): string {
  const outlines = distributions.map((distribution): NamedOutline => {
    if ("degrees" in distribution) return { name: distribution.name, points: outline(distribution.degrees, binWidth) };
    const { binDegrees, counts } = distribution.histogram;
    return { name: distribution.name, points: outlineOfCounts(new Map(Array.from(counts).entries()), binDegrees) };
  });
  return histogram(outlines, {
    title,
    axisName: "Angle (degrees)",
    format: (degrees) => formatDegrees(degrees, 0),
    marks,
    ...size,
  });
}

type NamedOutline = { readonly name: string; readonly points: readonly Point[] };

type HistogramOptions = FigureSize & {
  readonly title: string;
  readonly axisName: string;
  readonly format: (value: number) => string;
  readonly marks: readonly Mark[];
};

function histogram(outlines: readonly NamedOutline[], options: HistogramOptions): string {
  const { title, axisName, format, marks, ...size } = options;
  const { width, height } = { ...standardSize, ...size };
  const points = outlines.flatMap((named) => named.points);
  const positions = [...points.map(([x]) => x), ...marks.map(({ at }) => at)];
  const min = positions.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const last = positions.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  // The label of a mark is centered on it and would be clipped at the edge of the plot.
  const max = marks.some(({ at }) => at === last) ? last + (last - min) / 8 : last;
  const top = 1.04 * points.reduce((most, [, share]) => Math.max(most, share), 0.01);
  return drawChart(
    {
      ...frame(
        outlines.map(({ name }) => name),
        width,
        { markRowCount: marks.length },
      ),
      xAxis: axis({
        name: axisName,
        format,
        splitLine: false,
        ...(max > min ? { min, max, ticks: roundTicks(min, max, 6) } : {}),
      }),
      yAxis: axis({
        name: "Share",
        min: 0,
        max: top,
        ticks: roundTicks(0, top, 4),
        format: formatRate,
      }),
      series: outlines.map((named, index) => ({
        ...step(named.name, named.points, index),
        ...(index === 0 && marks.length > 0 ? { markLine: verticalMarks(marks) } : {}),
      })),
    },
    { width, height, title },
  );
}

/** The outline of the bins as shares of all values, beginning and ending at 0. Empty without values. */
export function outline(values: ArrayLike<number>, binWidth: number): Point[] {
  const counts = new Map<number, number>();
  for (const value of Array.from(values)) {
    if (!Number.isFinite(value)) continue;
    // The index of a value on an edge may round down: 0.3 / 0.1 is 2.9999….
    const bin = Math.floor(value / binWidth + 1e-9);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  return outlineOfCounts(counts, binWidth);
}

function outlineOfCounts(counts: ReadonlyMap<number, number>, binWidth: number): Point[] {
  const filled = [...counts].filter(([, count]) => count > 0);
  if (filled.length === 0) return [];
  const total = filled.reduce((sum, [, count]) => sum + count, 0);
  const first = filled.reduce((least, [bin]) => Math.min(least, bin), Number.POSITIVE_INFINITY);
  const last = filled.reduce((most, [bin]) => Math.max(most, bin), Number.NEGATIVE_INFINITY);
  const edge = (bin: number) => Number((bin * binWidth).toPrecision(12));
  const tops = Array.from({ length: last - first + 1 }, (_, step): Point => {
    return [edge(first + step), (counts.get(first + step) ?? 0) / total];
  });
  return [[edge(first), 0], ...tops, [edge(last + 1), 0]];
}

function step(name: string, points: readonly Point[], index: number): ChartSeries & { type: "line" } {
  const { color, dash } = seriesStyle(index);
  return {
    type: "line",
    name,
    step: "end",
    data: points.map((point) => [...point]),
    lineStyle: { color, type: dash, width: 2 },
    itemStyle: { color },
    areaStyle: { color, opacity: 0.18 },
    symbol: "none",
    silent: true,
  };
}
