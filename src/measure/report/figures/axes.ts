/** The common parts of all figures with two axes: fonts, grid, legend and axes. */
import type { ChartOption } from "./chart.ts";
import { figureColors } from "./theme.ts";

/** A figure's size in CSS pixels. Texts are 13 pixels high, readable when a phone shrinks the figure by a quarter. */
export type FigureSize = { readonly width?: number; readonly height?: number };

/** The size that fits two figures side by side on a laptop and one on a phone. */
export const standardSize = { width: 480, height: 320 } as const;

/** The size of figures whose two axes share one scale. */
export const squareSize = { width: 440, height: 440 } as const;

const fontSize = 13;
const fontFamily = "system-ui, sans-serif";

/** One axis. */
export type AxisOptions = {
  /** The measured quantity with its unit, such as `Angle (degrees)`. */
  readonly name: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly type?: "value" | "log" | undefined;
  /** Positions of labels and grid lines, instead of ECharts' own choice. */
  readonly ticks?: readonly number[] | undefined;
  readonly format?: ((value: number) => string) | undefined;
  readonly splitLine?: boolean | undefined;
  /** Approximate number of intervals. */
  readonly splitNumber?: number | undefined;
};

/** An ECharts axis in the style of the figures. */
export function axis({ name, min, max, type = "value", ticks, format, splitLine = true, splitNumber }: AxisOptions) {
  const customValues = ticks === undefined ? {} : { customValues: [...ticks] };
  return {
    type,
    name,
    nameLocation: "middle" as const,
    nameTextStyle: { color: figureColors.muted, fontSize },
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(splitNumber === undefined ? {} : { splitNumber }),
    scale: true,
    axisLine: { show: true, onZero: false, lineStyle: { color: figureColors.axis } },
    axisTick: { show: true, lineStyle: { color: figureColors.axis }, ...customValues },
    minorTick: { show: false },
    axisLabel: {
      color: figureColors.ink,
      fontSize,
      hideOverlap: true,
      ...customValues,
      ...(format === undefined ? {} : { formatter: (value: number) => format(value) }),
    },
    splitLine: { show: splitLine, lineStyle: { color: figureColors.grid }, ...customValues },
  };
}

/** The parts around the plot. */
export type FrameOptions = {
  /** Whether legend entries show only the dash of a line, or its marker too. */
  readonly legendIcon?: "line" | "marker";
  /** Number of rows of labels at the upper edge of the plot. */
  readonly markRowCount?: number;
};

/** Fonts, background, grid and a legend that wraps at the width; a single series gets no legend. */
export function frame(
  legendNames: readonly string[],
  width: number,
  { legendIcon = "line", markRowCount = 0 }: FrameOptions = {},
): ChartOption {
  const names = legendNames.length > 1 ? legendNames : [];
  const rowCount = legendRowCount(names, width - 24);
  return {
    backgroundColor: figureColors.surface,
    textStyle: { fontFamily, fontSize },
    legend: {
      show: names.length > 0,
      data: [...names],
      selectedMode: false,
      backgroundColor: "none",
      borderColor: "none",
      type: "plain",
      left: 12,
      right: 12,
      top: 4,
      itemGap: legendItemGap,
      itemWidth: legendIconWidth,
      itemHeight: 10,
      textStyle: { color: figureColors.ink, fontSize },
      lineStyle: { width: 2 },
      ...(legendIcon === "line" ? { itemStyle: { opacity: 0 } } : {}),
    },
    grid: {
      left: 12,
      right: 20,
      top: legendHeight(rowCount) + markRowCount * markRowHeight + 14,
      bottom: 10,
      outerBoundsMode: "same",
      outerBoundsContain: "all",
    },
  };
}

const legendIconWidth = 30;
// Wide, because the reader's font may be wider than ECharts assumes.
const legendItemGap = 24;

// ECharts uses the same gap between rows as between items.
function legendHeight(rowCount: number): number {
  return rowCount === 0 ? 0 : 26 + (rowCount - 1) * (fontSize + legendItemGap);
}

// ECharts' own rough text widths, since no browser measures the text.
function legendRowCount(names: readonly string[], width: number): number {
  let rowCount = names.length === 0 ? 0 : 1;
  let used = 0;
  for (const name of names) {
    const itemWidth = legendIconWidth + 5 + name.length * fontSize * 0.55;
    if (used > 0 && used + itemWidth > width) {
      rowCount += 1;
      used = 0;
    }
    used += itemWidth + legendItemGap;
  }
  return rowCount;
}

const markRowHeight = 18;

/** A position on the horizontal axis, marked by a line. */
export type Mark = { readonly at: number; readonly label: string };

/**
 * Marks as ECharts' `markLine`, with one row per label at the upper edge of the plot, so that labels do not collide.
 */
export function verticalMarks(marks: readonly Mark[]) {
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: figureColors.ink, type: "dashed" as const, width: 1.5 },
    label: { show: true, color: figureColors.ink, fontSize, position: "end" as const },
    data: marks.map(({ at, label }, row) => ({
      xAxis: at,
      label: { formatter: () => label, distance: 4 + row * markRowHeight },
    })),
  };
}
