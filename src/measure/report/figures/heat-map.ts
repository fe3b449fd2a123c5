/** A table of numbers as shades, such as the false match rate between each two groups. */
import { type FigureSize, frame, standardSize } from "./axes.ts";
import { type ChartSeries, drawChart } from "./chart.ts";
import { figureColors, seriesStyle } from "./theme.ts";

/** Numbers by row and column; null for an empty cell. */
export type HeatMap = {
  /** The accessible name. */
  readonly title: string;
  /** Names of the rows, which are those of the columns too. */
  readonly names: readonly string[];
  readonly values: readonly (readonly (number | null)[])[];
  /** The text of a cell. */
  readonly format: (value: number) => string;
};

/** The darkest shade: text in the color of the page's ink stays readable on it in both themes. */
const DARKEST = 0.62;
const LIGHTEST = 0.06;
const CELL_HEIGHT = 44;

/** A square of cells with their numbers; the higher a number, the darker its cell. The first row is at the top. */
export function heatMapFigure({ title, names, values, format }: HeatMap, size: FigureSize = {}): string {
  const { width, height } = { ...standardSize, height: 70 + names.length * CELL_HEIGHT, ...size };
  const finite = values.flat().filter((value) => value !== null);
  const low = finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = finite.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const shade = (value: number) =>
    high > low ? LIGHTEST + ((DARKEST - LIGHTEST) * (value - low)) / (high - low) : (LIGHTEST + DARKEST) / 2;
  const cells = values.flatMap((row, y) => row.map((value, x) => ({ x, y, value })));
  const base = frame([], width);
  const category = (labelWidth: number) => ({
    type: "category" as const,
    data: [...names],
    axisLine: { lineStyle: { color: figureColors.axis } },
    axisTick: { show: false },
    axisLabel: {
      color: figureColors.ink,
      fontSize: 13,
      interval: 0,
      width: labelWidth,
      overflow: "truncate" as const,
    },
  });
  return drawChart(
    {
      ...base,
      xAxis: category((0.72 * width) / Math.max(1, names.length)),
      yAxis: { ...category(width * 0.26), inverse: true },
      series: [cellSeries(cells, shade, format)],
    },
    { width, height, title },
  );
}

type Cell = { readonly x: number; readonly y: number; readonly value: number | null };

function cellSeries(
  cells: readonly Cell[],
  shade: (value: number) => number,
  format: (value: number) => string,
): ChartSeries {
  return {
    type: "custom",
    silent: true,
    data: cells.map(({ x, y }) => [x, y]),
    renderItem: ({ dataIndex }, api) => {
      const { x = 0, y = 0, value = null } = cells[dataIndex] ?? {};
      const [left = 0, top = 0] = api.coord([x, y]);
      const extent = api.size?.([1, 1]);
      const [width = 0, height = 0] = Array.isArray(extent) ? extent : [];
      const box = { x: left - width / 2 + 1, y: top - height / 2 + 1, width: width - 2, height: height - 2 };
      const { color } = seriesStyle(1);
      return {
        type: "group",
        children: [
          {
            type: "rect",
            shape: { ...box, r: 3 },
            style: { fill: color, fillOpacity: value === null ? 0 : shade(value) },
          },
          {
            type: "text",
            style: {
              text: value === null ? "–" : format(value),
              x: left,
              y: top,
              align: "center",
              verticalAlign: "middle",
              fill: value === null ? figureColors.muted : figureColors.ink,
              fontSize: 13,
            },
          },
        ],
      };
    },
  };
}
