/**
 * Decision regions of two classes under a loss: in the plane of the two cosines, and on the arc between the centers.
 */
import { type AngularBand, boundaryLines, type DecisionRule } from "../../hypersphere/index.ts";
import { formatDegrees, formatNumber } from "../format.ts";
import { axis, type FigureSize, frame, squareSize, standardSize } from "./axes.ts";
import { type ChartSeries, drawChart } from "./chart.ts";
import type { Point } from "./points.ts";
import { areaSeries } from "./shapes.ts";
import { figureColors, seriesStyle } from "./theme.ts";

/**
 * The decision regions of class 1 and class 2 in the plane of cos θ₁ and cos θ₂. The band between the two
 * regions is the margin.
 */
export function decisionRegionsFigure(rule: DecisionRule, size: FigureSize = {}): string {
  const { width, height } = { ...squareSize, ...size };
  const first = regionBelow(rule.firstLimit);
  const second = regionBelow(rule.secondLimit).map(([own, other]): Point => [other, own]);
  const edges = boundaryLines(rule);
  const range = { min: -1, max: 1, ticks: [-1, -0.5, 0, 0.5, 1], format: formatNumber };
  const base = frame(["class 1", "class 2"], width, { legendIcon: "marker" });
  return drawChart(
    {
      ...base,
      legend: { ...base.legend, icon: "rect" },
      xAxis: axis({ name: "cos θ₁", ...range }),
      yAxis: axis({ name: "cos θ₂", ...range }),
      series: [
        region("class 1", first, 0),
        region("class 2", second, 1),
        ...edges.first.map((line) => boundary(line, 0)),
        ...edges.second.map((line) => boundary(line, 1)),
      ],
    },
    { width, height, title: `Decision regions of ${rule.name}` },
  );
}

/** A loss and its band between two classes; null where even the centers are outside their regions. */
export type NamedBand = { readonly name: string; readonly band: AngularBand | null };

/**
 * The arc between two class centers `betweenCenters` radians apart, one row per loss: the part of class 1, the part of
 * class 2, and the margin band between them.
 */
export function angularBandsFigure(rows: readonly NamedBand[], betweenCenters: number, size: FigureSize = {}): string {
  const { width, height } = { ...standardSize, height: 104 + rows.length * 40, ...size };
  const end = degrees(betweenCenters);
  const base = frame(["class 1", "class 2"], width, { legendIcon: "marker" });
  return drawChart(
    {
      ...base,
      legend: { ...base.legend, icon: "rect" },
      // More space at the left than ECharts assumes: the reader's font may be wider.
      grid: { ...base.grid, left: 28, right: 110 },
      xAxis: axis({
        name: "Angle from the center of class 1 (degrees)",
        min: 0,
        max: end,
        format: (angle) => formatDegrees(angle, 0),
      }),
      yAxis: {
        type: "category",
        data: rows.map(({ name }) => name),
        inverse: true,
        axisLine: { lineStyle: { color: figureColors.axis } },
        axisTick: { show: false },
        axisLabel: { color: figureColors.ink, fontSize: 13, interval: 0 },
      },
      series: [
        bars("class 1", rows, ({ firstEnd }) => [0, degrees(firstEnd)], 0),
        bars("class 2", rows, ({ secondStart }) => [degrees(secondStart), end], 1),
        bandLabels(rows, width - 100),
      ],
    },
    { width, height, title: "Bands between two classes by loss" },
  );
}

// Samples are evenly spaced in the angle, because the curves bend near cosines of ±1.
function regionBelow(limit: (cosine: number) => number): Point[] {
  const count = 180;
  const edge = Array.from({ length: count + 1 }, (_, step): Point => {
    const cosine = Math.cos(Math.PI * (1 - step / count));
    return [cosine, Math.max(-1, Math.min(1, limit(cosine)))];
  });
  return [...edge, [1, -1], [-1, -1]];
}

function region(name: string, points: readonly Point[], index: number): ChartSeries {
  return areaSeries({ name, points, color: seriesStyle(index).color, opacity: 0.28 });
}

function boundary(points: readonly Point[], index: number): ChartSeries {
  const { color, dash } = seriesStyle(index);
  return {
    type: "line",
    data: points.map((point) => [...point]),
    lineStyle: { color, type: dash, width: 2 },
    symbol: "none",
    silent: true,
  };
}

function bars(
  name: string,
  rows: readonly NamedBand[],
  ends: (band: AngularBand) => [number, number],
  index: number,
): ChartSeries {
  const { color } = seriesStyle(index);
  const data = rows.flatMap(({ band }, row) => (band === null ? [] : [[...ends(band), row]]));
  return {
    type: "custom",
    name,
    data,
    encode: { x: [0, 1], y: 2 },
    itemStyle: { color },
    silent: true,
    renderItem: (params, api) => {
      const [start = 0, stop = 0, row = 0] = data[params.dataIndex] ?? [];
      const [x = 0, y = 0] = api.coord([start, row]);
      const [right = 0] = api.coord([stop, row]);
      return {
        type: "rect",
        shape: { x, y: y - 10, width: right - x, height: 20 },
        style: { fill: color, fillOpacity: 0.75 },
      };
    },
  };
}

function bandLabels(rows: readonly NamedBand[], left: number): ChartSeries {
  return {
    type: "scatter",
    data: rows.map((_, row) => [0, row]),
    symbolSize: 0,
    itemStyle: { color: "none", opacity: 1 },
    label: {
      show: true,
      color: figureColors.ink,
      fontSize: 13,
      formatter: ({ dataIndex }) => bandText(rows[dataIndex]?.band ?? null),
    },
    labelLayout: { x: left, align: "left", verticalAlign: "middle" },
    silent: true,
  };
}

function bandText(band: AngularBand | null): string {
  return band === null ? "impossible" : `band ${formatDegrees(degrees(band.width))}`;
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
