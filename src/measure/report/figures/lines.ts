/** Lines over a parameter, with bands for their spread: a sweep of margins or scales, or a function. */
import { formatNumber } from "../format.ts";
import { axis, type FigureSize, frame, type Mark, standardSize, verticalMarks } from "./axes.ts";
import { type ChartSeries, drawChart } from "./chart.ts";
import { areaSeries } from "./shapes.ts";
import { seriesStyle } from "./theme.ts";

/** A point of a line; `low` and `high` bound the band around it, such as mean ± standard deviation. */
export type LinePoint = { readonly x: number; readonly y: number; readonly low?: number; readonly high?: number };

/** A named line with its points in order of x. The line has a gap where a point is not finite. */
export type Line = { readonly name: string; readonly points: readonly LinePoint[]; readonly hasMarkers?: boolean };

/** An axis: the measured quantity with its unit, and the format of its labels. */
export type AxisText = {
  readonly name: string;
  readonly format?: (value: number) => string;
  readonly min?: number;
  readonly max?: number;
  /** Positions of labels and grid lines, instead of the default ones. */
  readonly ticks?: readonly number[];
  /** Logarithmic instead of linear; values must be positive. */
  readonly isLogarithmic?: boolean;
};

/** Options of a line figure. */
export type LinesOptions = FigureSize & {
  /** The accessible name. */
  readonly title: string;
  readonly x: AxisText;
  readonly y: AxisText;
  readonly marks?: readonly Mark[];
};

/** Lines with error bands. Lines have markers by default, for sweeps of few points; switch them off for functions. */
export function linesFigure(lines: readonly Line[], { title, x, y, marks = [], ...size }: LinesOptions): string {
  const { width, height } = { ...standardSize, ...size };
  const names = lines.map(({ name }) => name);
  const hasMarkers = lines.some((line) => line.hasMarkers ?? true);
  const bands = lines.map(bandSeries);
  return drawChart(
    {
      ...frame(names, width, { legendIcon: hasMarkers ? "marker" : "line", markRowCount: marks.length }),
      xAxis: { ...lineAxis(x), splitLine: { show: false } },
      yAxis: lineAxis(y),
      series: [
        ...bands.flat(),
        ...lines.map((line, index) => ({
          ...lineSeries(line, index),
          ...(index === 0 && marks.length > 0 ? { markLine: verticalMarks(marks) } : {}),
        })),
      ],
    },
    { width, height, title },
  );
}

function lineAxis({ isLogarithmic = false, format = formatNumber, ...rest }: AxisText) {
  return axis({ ...rest, format, type: isLogarithmic ? "log" : "value" });
}

function lineSeries({ name, points, hasMarkers = true }: Line, index: number): ChartSeries & { type: "line" } {
  const { color, dash, marker } = seriesStyle(index);
  return {
    type: "line",
    name,
    data: points.map(({ x, y }) => [x, Number.isFinite(y) ? y : "-"]),
    lineStyle: { color, type: dash, width: 2 },
    itemStyle: { color },
    symbol: hasMarkers ? marker : "none",
    symbolSize: 8,
    silent: true,
    z: 3,
  };
}

function bandSeries({ points }: Line, index: number): ChartSeries[] {
  const bounded = points.filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high));
  if (bounded.length < 2) return [];
  const upper = bounded.map(({ x, y, high = y }) => [x, high] as const);
  const lower = bounded.map(({ x, y, low = y }) => [x, low] as const);
  return [areaSeries({ points: [...upper, ...lower.reverse()], color: seriesStyle(index).color, opacity: 0.18 })];
}
