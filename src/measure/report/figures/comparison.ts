/** A comparison of runs: the mean of a measure, its spread, and every single result. */
import { formatPercent, formatPercentSpread } from "../format.ts";
import { axis, type FigureSize, frame, standardSize } from "./axes.ts";
import { type ChartSeries, drawChart } from "./chart.ts";
import { areaSeries } from "./shapes.ts";
import { figureColors, seriesStyle } from "./theme.ts";

/** A named run, or runs of several seeds: mean and standard deviation of a share (0–1), and the single results. */
export type ComparedRun = {
  readonly name: string;
  readonly mean: number;
  readonly standardDeviation?: number;
  readonly values?: readonly number[];
};

/** The compared measure, on the horizontal axis, such as `LFW accuracy`. */
export type ComparisonOptions = FigureSize & { readonly measure: string };

/**
 * One row per run, from the top: a marker at the mean, a bar for ± one standard deviation, a small ring for each
 * single result, and the numbers as text. The axis does not begin at 0, so columns, whose lengths would mislead, are
 * not used.
 */
export function comparisonFigure(runs: readonly ComparedRun[], { measure, ...size }: ComparisonOptions): string {
  const { width, height } = { ...standardSize, height: 70 + runs.length * rowHeight, ...size };
  const labelSpace = 130;
  const longest = Math.max(...runs.map(({ name }) => name.length));
  const base = frame([], width);
  return drawChart(
    {
      ...base,
      grid: { ...base.grid, left: 12 + longest * WIDER_PER_LETTER, right: labelSpace },
      xAxis: axis({
        name: measure,
        format: (share) => formatPercent(share, 1).replace(/\.0(?=\D)/, ""),
        splitNumber: 3,
      }),
      yAxis: {
        type: "category",
        data: runs.map(({ name }) => name),
        inverse: true,
        axisLine: { lineStyle: { color: figureColors.axis } },
        axisTick: { show: false },
        axisLabel: { color: figureColors.ink, fontSize: 13, interval: 0, width: width * 0.34, overflow: "break" },
      },
      series: [...runs.flatMap(spreadBar), ...runs.flatMap(singleResults), means(runs, width - labelSpace)],
    },
    { width, height, title: `${measure} by run` },
  );
}

const rowHeight = 40;
/** Pixels by which a letter of the reader's font may be wider than ECharts assumes. */
const WIDER_PER_LETTER = 1.3;

function spreadBar({ mean, standardDeviation = 0 }: ComparedRun, row: number): ChartSeries[] {
  if (!(Number.isFinite(mean) && standardDeviation > 0)) return [];
  const [low, high] = [mean - standardDeviation, mean + standardDeviation];
  const points = [
    [low, row],
    [high, row],
  ] as const;
  return [areaSeries({ points, color: seriesStyle(0).color, opacity: 0, outline: "solid" })];
}

function singleResults({ values = [] }: ComparedRun, row: number): ChartSeries[] {
  if (values.length === 0) return [];
  return [
    {
      type: "scatter",
      data: values.map((value) => [value, row]),
      symbol: "circle",
      symbolSize: 7,
      itemStyle: { color: "none", borderColor: figureColors.muted, borderWidth: 1.2 },
      silent: true,
      z: 2,
    },
  ];
}

function means(runs: readonly ComparedRun[], labelPlace: number): ChartSeries {
  return {
    type: "scatter",
    data: runs.map(({ mean }, row) => [mean, row]),
    symbol: "diamond",
    symbolSize: 13,
    itemStyle: { color: seriesStyle(0).color, opacity: 1 },
    label: {
      show: true,
      color: figureColors.ink,
      fontSize: 13,
      formatter: ({ dataIndex }) => meanText(runs[dataIndex]),
    },
    labelLayout: { x: labelPlace + 10, align: "left", verticalAlign: "middle" },
    silent: true,
    z: 3,
  };
}

function meanText(run: ComparedRun | undefined): string {
  return run === undefined ? "" : formatPercentSpread(run.mean, run.standardDeviation ?? Number.NaN, 2);
}
