/**
 * Two-dimensional features of a few identities, as in the paper's toy experiment: in the plane, which shows their
 * lengths, and on the circle, which shows only their directions, as a cosine depends only on these.
 */
import { formatNumber } from "../format.ts";
import { axis, type FigureSize, frame, squareSize } from "./axes.ts";
import { type ChartSeries, drawChart } from "./chart.ts";
import type { Point } from "./points.ts";
import { areaSeries } from "./shapes.ts";
import { figureColors, seriesStyle } from "./theme.ts";

/** 2-D features with their identities, and the class centers. */
export type FeatureSet = {
  /** Two numbers for each sample, one sample after the other. */
  readonly features: ArrayLike<number>;
  /** The identity of each sample, from 0. */
  readonly labels: ArrayLike<number>;
  /** Two numbers for each identity; need not be of length 1. */
  readonly centers?: ArrayLike<number>;
  /** Names of the identities; default: their numbers. */
  readonly names?: readonly string[];
  /** The accessible name. */
  readonly title: string;
};

/** Most samples of an identity to draw, evenly spaced; more would cover each other. */
const drawnSamplesPerIdentity = 300;

/**
 * The features in the plane, with a ray from the origin in the direction of each class center. Both axes have one
 * scale.
 */
export function featurePlaneFigure(set: FeatureSet, size: FigureSize = {}): string {
  const { width, height } = { ...squareSize, ...size };
  const groups = groupByIdentity(set);
  const reach = 1.15 * groups.reduce((most, { points }) => Math.max(most, farthest(points)), 1e-6);
  const range = {
    min: -reach,
    max: reach,
    format: (value: number) => formatNumber(value, 2),
    ticks: planeTicks(reach),
  };
  return drawChart(
    {
      ...frame([], width),
      ...centeredGrid(width, height),
      xAxis: axis({ name: "Feature 1", ...range }),
      yAxis: axis({ name: "Feature 2", ...range }),
      series: [
        ...groups.map(scatter),
        ...groups.flatMap(({ label, center }) => (center === undefined ? [] : [ray(center, reach * 0.86, label)])),
        ...groups.map((group) => nameLabel(group, reach * 0.94)),
      ],
    },
    { width, height, title: set.title },
  );
}

/**
 * The directions of the features: each sample on the unit circle, outside it the distribution of each identity's
 * directions (all with the same scale of area), inside it a ray to each class center. The gaps between neighboring
 * identities show the margin that was reached.
 */
export function featureCircleFigure(set: FeatureSet, size: FigureSize = {}): string {
  const { width, height } = { ...squareSize, ...size };
  const groups = groupByIdentity(set).map((group) => ({ ...group, points: group.points.map(toUnit) }));
  const range = { min: -1.65, max: 1.65 };
  const hidden = { ...range, type: "value" as const, show: false };
  const profiles = groups.map(({ points }) => directionShares(points));
  const highest = profiles.flat().reduce((most, share) => Math.max(most, share), 1e-9);
  return drawChart(
    {
      ...frame([], width),
      grid: { left: 8, right: 8, top: 8, bottom: 8, outerBoundsMode: "none" },
      xAxis: hidden,
      yAxis: hidden,
      series: [
        circleLine(),
        ...groups.map(({ label }, index) => fan(label, profiles[index] ?? [], highest)),
        ...groups.map(scatter),
        ...groups.flatMap(({ label, center }) => (center === undefined ? [] : [ray(toUnit(center), 0.96, label)])),
        ...groups.map((group) => nameLabel(group, 1.55)),
      ],
    },
    { width, height, title: set.title },
  );
}

type Group = { readonly label: number; readonly name: string; readonly points: Point[]; readonly center?: Point };

function groupByIdentity({ features, labels, centers, names = [] }: FeatureSet): Group[] {
  const pointsOf = new Map<number, Point[]>();
  for (let sample = 0; sample < labels.length; sample++) {
    const point: Point = [features[2 * sample] ?? Number.NaN, features[2 * sample + 1] ?? Number.NaN];
    if (!point.every(Number.isFinite)) continue;
    const label = labels[sample] ?? 0;
    const points = pointsOf.get(label);
    if (points === undefined) pointsOf.set(label, [point]);
    else points.push(point);
  }
  const sorted = [...pointsOf].sort(([a], [b]) => a - b);
  return sorted.map(([label, points]): Group => {
    const name = names[label] ?? String(label);
    const [x, y] = [centers?.[2 * label], centers?.[2 * label + 1]];
    return x === undefined || y === undefined ? { label, name, points } : { label, name, points, center: [x, y] };
  });
}

function scatter({ label, points }: Group): ChartSeries {
  const { color, marker } = seriesStyle(label);
  const stride = Math.max(1, Math.ceil(points.length / drawnSamplesPerIdentity));
  return {
    type: "scatter",
    data: points.filter((_, index) => index % stride === 0).map((point) => [...point]),
    symbol: marker,
    symbolSize: 6,
    itemStyle: { color, opacity: 0.6 },
    silent: true,
    z: 2,
  };
}

function ray(direction: Point, length: number, label: number): ChartSeries {
  const [x, y] = toUnit(direction);
  return {
    type: "line",
    data: [
      [0, 0],
      [x * length, y * length],
    ],
    lineStyle: { color: seriesStyle(label).color, width: 2 },
    itemStyle: { color: seriesStyle(label).color },
    symbol: "none",
    silent: true,
    z: 3,
  };
}

// The name of an identity is in the direction of the mean of its samples.
function nameLabel({ name, points, center }: Group, radius: number): ChartSeries {
  const sum = points.reduce<Point>(
    (total, point) => [total[0] + toUnit(point)[0], total[1] + toUnit(point)[1]],
    [0, 0],
  );
  const [x, y] = toUnit(Math.hypot(...sum) > 0 ? sum : (center ?? [1, 0]));
  return {
    type: "scatter",
    data: [[x * radius, y * radius]],
    symbolSize: 0,
    itemStyle: { color: "none", opacity: 1 },
    label: {
      show: true,
      position: "inside",
      formatter: () => name,
      color: figureColors.ink,
      fontSize: 13,
      fontWeight: 600,
    },
    silent: true,
    z: 4,
  };
}

const directionBinCount = 180;

/** The share of the points in each of 180 equal arcs, starting at −180°. */
function directionShares(points: readonly Point[]): number[] {
  const shares = new Array<number>(directionBinCount).fill(0);
  for (const [x, y] of points) {
    const turn = Math.atan2(y, x) / (2 * Math.PI) + 0.5;
    const bin = Math.min(directionBinCount - 1, Math.floor(turn * directionBinCount));
    shares[bin] = (shares[bin] ?? 0) + 1 / points.length;
  }
  return shares;
}

function fan(label: number, shares: readonly number[], highest: number): ChartSeries {
  const [inner, height] = [1.06, 0.36];
  const at = (bin: number, radius: number): Point => {
    const angle = (bin / directionBinCount - 0.5) * 2 * Math.PI;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  };
  const arcs = shares.flatMap((share, bin) => {
    const radius = inner + (height * share) / highest;
    return share === 0 ? [at(bin, inner), at(bin + 1, inner)] : [at(bin, radius), at(bin + 1, radius)];
  });
  const base = shares.map((_, bin) => at(directionBinCount - bin, inner));
  return areaSeries({ points: [...arcs, ...base, at(0, inner)], color: seriesStyle(label).color, opacity: 0.55 });
}

function circleLine(): ChartSeries {
  const data = Array.from({ length: 181 }, (_, step) => {
    const angle = (step / 90) * Math.PI;
    return [Math.cos(angle), Math.sin(angle)];
  });
  return { type: "line", data, lineStyle: { color: figureColors.axis, width: 1 }, symbol: "none", silent: true };
}

function centeredGrid(width: number, height: number) {
  const side = Math.min(width, height) - 70;
  return { grid: { left: 58, top: 12, width: side, height: side, outerBoundsMode: "none" as const } };
}

function planeTicks(reach: number): number[] {
  const power = 10 ** Math.floor(Math.log10(reach));
  const spacing = power * (reach / power >= 5 ? 5 : reach / power >= 2 ? 2 : 1) * 0.5;
  const count = Math.floor(reach / spacing);
  return Array.from({ length: 2 * count + 1 }, (_, index) => Number(((index - count) * spacing).toPrecision(6)));
}

function toUnit([x, y]: Point): Point {
  const length = Math.hypot(x, y);
  return length > 0 ? [x / length, y / length] : [0, 0];
}

function farthest(points: readonly Point[]): number {
  return points.reduce((most, [x, y]) => Math.max(most, Math.abs(x), Math.abs(y)), 0);
}
