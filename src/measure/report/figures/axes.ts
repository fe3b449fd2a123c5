/** What all figures with two axes share: fonts, grid, legend and the two axes' looks. */
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

/** What an axis shows. */
export type AxisOptions = {
  /** What is measured, with its unit, such as `Angle (degrees)`. */
  readonly name: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly type?: "value" | "log" | undefined;
  /** Where labels and grid lines stand, where ECharts' own choice does not do. */
  readonly ticks?: readonly number[] | undefined;
  readonly format?: ((value: number) => string) | undefined;
  readonly splitLine?: boolean | undefined;
  /** About how many intervals to aim at. */
  readonly splitNumber?: number | undefined;
};

/** An ECharts axis in the figures' look. */
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

/** What stands above and around the plot. */
export type FrameOptions = {
  /** What legend entries show: a line's dash alone, or a marker too. */
  readonly legendIcon?: "line" | "marker";
  /** How many rows of labels stand on the plot's upper edge. */
  readonly markRowCount?: number;
};

/** Fonts, ground, grid and a legend over it that wraps by the width; a single series needs no legend. */
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
// Wide, because the reader's font may be wider than the one that ECharts reckons with.
const legendItemGap = 24;

// ECharts puts the same gap between rows as between the items of one.
function legendHeight(rowCount: number): number {
  return rowCount === 0 ? 0 : 26 + (rowCount - 1) * (fontSize + legendItemGap);
}

// The widths are ECharts' own rough ones for a text that no browser measures.
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

/** A place on the horizontal axis that is marked by a line. */
export type Mark = { readonly at: number; readonly label: string };

/** Marks as ECharts' `markLine`, with their labels in rows on the plot's upper edge: a row each, so that none collide. */
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
