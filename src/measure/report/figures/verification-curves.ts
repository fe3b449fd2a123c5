/** The error rates of a verification over all thresholds: ROC and DET curves. */
import { detCurve, type PairScores, probit, rocCurve } from "../../eval/index.ts";
import { formatRate } from "../format.ts";
import { axis, type FigureSize, frame, standardSize } from "./axes.ts";
import { type ChartSeries, drawChart } from "./chart.ts";
import { type Point, visiblePoints } from "./points.ts";
import { figureColors, seriesStyle } from "./theme.ts";
import { roundTicks } from "./ticks.ts";

/** A model's name and its scores of the pairs of a protocol. */
export type NamedScores = { readonly name: string; readonly scores: PairScores };

/**
 * True accept rate by false accept rate, the latter on a logarithmic axis that begins at the smallest measurable rate,
 * 1 / (number of impostor pairs). Applications work at the left end, which a linear axis would hide.
 *
 * @throws {OptionError} when a model has no genuine or no impostor scores, or one is not finite.
 */
export function rocFigure(models: readonly NamedScores[], size: FigureSize = {}): string {
  const { width, height } = { ...standardSize, ...size };
  const impostorCount = models.reduce((most, { scores }) => Math.max(most, scores.impostor.length), 10);
  const low = 10 ** Math.floor(-Math.log10(impostorCount) + 1e-9);
  const lines = models.map(({ scores }) => rocLine(scores));
  const lowest = lines.flat().reduce((least, [, tar]) => Math.min(least, tar), 0.9);
  const floor = Math.max(0, Math.floor(lowest * 10 + 1e-9) / 10);
  const pixelX = (far: number) => (1 - Math.log10(far) / Math.log10(low)) * width;
  const pixelY = (tar: number) => (tar / (1 - floor)) * height;
  return drawChart(
    {
      ...frame(names(models), width),
      xAxis: axis({ name: "False accept rate (log)", type: "log", min: low, max: 1, format: formatRate }),
      yAxis: axis({ name: "True accept rate", min: floor, max: 1, ticks: roundTicks(floor, 1, 5), format: formatRate }),
      series: lines.map((line, index) =>
        stepLine(models[index]?.name ?? "", visiblePoints(line, pixelX, pixelY), index),
      ),
    },
    { width, height, title: "ROC: true accept rate by false accept rate" },
  );
}

/**
 * False reject rate by false accept rate, both on probit axes. A curve crosses the dotted diagonal at its EER. Rates of
 * 0 and 1 are at infinity on a probit axis and are omitted; a model whose genuine and impostor scores do not overlap
 * has no line.
 *
 * @throws {OptionError} when a model has no genuine or no impostor scores, or one is not finite.
 */
export function detFigure(models: readonly NamedScores[], size: FigureSize = {}): string {
  const { width, height } = { ...standardSize, ...size };
  const curves = models.map(({ scores }) => detCurve(scores));
  const rates = curves.flatMap(({ fars, frrs }) => [...fars, ...frrs]);
  const low = detTicks.findLast((tick) => tick <= rates.reduce((a, b) => Math.min(a, b), 0.01)) ?? firstDetTick;
  const high = detTicks.find((tick) => tick >= rates.reduce((a, b) => Math.max(a, b), 0.2)) ?? lastDetTick;
  const ticks = detTicks.filter((tick) => tick >= low && tick <= high);
  const range = { min: probit(low), max: probit(high), ticks: ticks.map(probit) };
  const format = (at: number) => formatRate(ticks.reduce((best, tick) => nearer(at, best, tick)));
  const pixel = (at: number) => ((at - range.min) / (range.max - range.min)) * width;
  return drawChart(
    {
      ...frame(names(models), width),
      xAxis: axis({ name: "False accept rate (probit)", ...range, format }),
      yAxis: axis({ name: "False reject rate (probit)", ...range, format }),
      series: [
        ...curves.map(({ farProbits, frrProbits }, index) => {
          const points = Array.from(farProbits, (far, i): Point => [far, frrProbits[i] ?? Number.NaN]);
          return stepLine(models[index]?.name ?? "", visiblePoints(points, pixel, pixel), index);
        }),
        diagonal(range.min, range.max),
      ],
    },
    { width, height, title: "DET: false reject rate by false accept rate, probit axes" },
  );
}

const detTicks = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99, 0.999];
const firstDetTick = 1e-6;
const lastDetTick = 0.999;

function names(models: readonly NamedScores[]): string[] {
  return models.map(({ name }) => name);
}

function nearer(at: number, a: number, b: number): number {
  return Math.abs(probit(a) - at) <= Math.abs(probit(b) - at) ? a : b;
}

// From the first accepted impostor pair: a rate below one pair cannot be measured.
function rocLine(scores: PairScores): Point[] {
  const { fars, tars } = rocCurve(scores);
  return Array.from(fars, (far, i): Point => [far, tars[i] ?? Number.NaN]).filter(([far]) => far > 0);
}

function stepLine(name: string, points: readonly Point[], index: number): ChartSeries {
  const { color, dash } = seriesStyle(index);
  return {
    type: "line",
    name,
    // Between two measurable rates, a larger FAR is allowed but no more pairs are accepted.
    step: "end",
    data: points.map((point) => [...point]),
    lineStyle: { color, type: dash, width: 2 },
    itemStyle: { color },
    symbol: "none",
    silent: true,
  };
}

function diagonal(low: number, high: number): ChartSeries {
  return {
    type: "line",
    data: [
      [low, low],
      [high, high],
    ],
    lineStyle: { color: figureColors.muted, type: [2, 4], width: 1 },
    symbol: "none",
    silent: true,
  };
}
