/** Curves of a training run over its iterations: loss, training accuracy, learning rate, verification accuracy. */
import { formatCount, formatNumber, formatPercent, formatQuantity } from "../format.ts";
import { axis, type FigureSize, frame, standardSize } from "./axes.ts";
import { type ChartSeries, drawChart } from "./chart.ts";
import { bucketMeans, finitePoints, movingMean, type Point } from "./points.ts";
import { seriesStyle } from "./theme.ts";

/** The log entry of one iteration. */
export type TrainingStep = {
  readonly iteration: number;
  readonly loss: number;
  /** The share of the batch whose nearest class center, by plain cosine, is its own; 0–1. */
  readonly accuracy?: number;
  readonly learningRate?: number;
};

/** A run's name and its logged values. */
export type RunCurves = {
  readonly name: string;
  readonly steps: readonly TrainingStep[];
  /** Verification accuracies measured during training, 0–1. */
  readonly verifications?: readonly { readonly iteration: number; readonly accuracy: number }[];
};

/** The quantity of a training curve. */
export type CurveQuantity = "loss" | "accuracy" | "learningRate" | "verification";

const titles: Readonly<Record<CurveQuantity, string>> = {
  loss: "Loss",
  accuracy: "Training accuracy",
  learningRate: "Learning rate",
  verification: "Verification accuracy",
};

const drawnPointCount = 300;

/** The bold line is the mean over this many drawn points on each side. */
const smoothingReach = 8;

/**
 * One quantity over the iterations for any number of runs. Loss and training accuracy vary from batch to batch, so the
 * bold line is a moving mean, and a faint line behind it shows the values (averaged to 300 points). Values that are not
 * finite are omitted.
 */
export function trainingCurvesFigure(
  runs: readonly RunCurves[],
  quantity: CurveQuantity,
  size: FigureSize = {},
): string {
  const { width, height } = { ...standardSize, ...size };
  const isNoisy = quantity === "loss" || quantity === "accuracy";
  const isShare = quantity === "accuracy" || quantity === "verification";
  const series = runs.flatMap((run, index) => {
    const values = finitePoints(pointsOf(run, quantity));
    const points = isNoisy ? bucketMeans(values, drawnPointCount) : corners(values);
    const smooth = isNoisy && points.length > 4 * smoothingReach ? movingMean(points, smoothingReach) : points;
    const line = curve(run.name, smooth, index, quantity === "verification");
    return smooth !== points ? [line, faintCurve(run.name, points, index)] : [line];
  });
  const format = isShare ? formatShare : formatNumber;
  return drawChart(
    {
      ...frame(
        runs.map((run) => run.name),
        width,
        { legendIcon: quantity === "verification" ? "marker" : "line" },
      ),
      xAxis: axis({ name: "Iteration", format: formatIteration, min: 0, splitLine: false, splitNumber: 5 }),
      yAxis: axis({
        name: titles[quantity],
        format,
        ...(quantity === "accuracy" ? { min: 0, max: 1 } : {}),
        ...(quantity === "learningRate" || quantity === "loss" ? { min: 0 } : {}),
      }),
      series,
    },
    { width, height, title: `${titles[quantity]} by iteration` },
  );
}

/** Whether any run has a value of this quantity. */
export function hasCurve(runs: readonly RunCurves[], quantity: CurveQuantity): boolean {
  return runs.some((run) => finitePoints(pointsOf(run, quantity)).length > 0);
}

// A schedule has jumps, so its points are not averaged; points within a constant stretch are omitted.
function corners(points: readonly Point[]): Point[] {
  return points.filter(([, y], index) => y !== points[index - 1]?.[1] || y !== points[index + 1]?.[1]);
}

function pointsOf(run: RunCurves, quantity: CurveQuantity): Point[] {
  if (quantity === "verification") {
    return (run.verifications ?? []).map(({ iteration, accuracy }): Point => [iteration, accuracy]);
  }
  return run.steps.map((step): Point => [step.iteration, step[quantity] ?? Number.NaN]);
}

function curve(name: string, points: readonly Point[], index: number, hasMarkers: boolean): ChartSeries {
  const { color, dash, marker } = seriesStyle(index);
  return {
    type: "line",
    name,
    data: points.map((point) => [...point]),
    lineStyle: { color, type: dash, width: 2 },
    itemStyle: { color },
    symbol: hasMarkers ? marker : "none",
    symbolSize: 7,
    silent: true,
    z: 3,
  };
}

function faintCurve(name: string, points: readonly Point[], index: number): ChartSeries {
  const { color } = seriesStyle(index);
  return {
    type: "line",
    name,
    data: points.map((point) => [...point]),
    lineStyle: { color, width: 1, opacity: 0.3 },
    itemStyle: { color },
    symbol: "none",
    silent: true,
    z: 2,
  };
}

/** A share with as many digits as distinguish it from its neighbors on the axis, at most three. */
function formatShare(share: number): string {
  const digits = [0, 1, 2].find((count) => Math.abs(share - Number(share.toFixed(count + 2))) < 1e-8) ?? 3;
  return formatPercent(share, digits);
}

function formatIteration(iteration: number): string {
  return iteration >= 100_000 ? formatQuantity(iteration).replace(/\.?0+(?=\s)/, "") : formatCount(iteration);
}

/** A row of a run's `log.jsonl`; only rows of the kinds `train` and `verify` are used. */
export type CurveRow =
  | ({ readonly kind: "train" } & TrainingStep)
  | { readonly kind: "verify"; readonly iteration: number; readonly accuracy: number }
  | { readonly kind: "start" | "scores" | "geometry" | "guard" };

/** The curves of a run from the rows of its log. */
export function curvesOfLog(name: string, rows: readonly CurveRow[]): RunCurves {
  return {
    name,
    steps: rows.filter((row) => row.kind === "train"),
    verifications: rows.filter((row) => row.kind === "verify"),
  };
}
