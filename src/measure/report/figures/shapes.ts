/** Areas in a plot, in the units of its axes. */
import type { ChartSeries } from "./chart.ts";
import type { Point } from "./points.ts";

/** An area: its corners in order, its fill and its outline. */
export type Area = {
  readonly points: readonly Point[];
  readonly color: string;
  /** Opacity of the fill, 0–1. */
  readonly opacity: number;
  /** Whether the edge is drawn: a dash pattern in pixels, or a full line. */
  readonly outline?: "solid" | readonly number[];
  /** Name in the legend. */
  readonly name?: string;
};

/** The area as a series of the chart. */
export function areaSeries({ points, color, opacity, outline, name }: Area): ChartSeries {
  const dash = outline === undefined || outline === "solid" ? undefined : [...outline];
  return {
    type: "custom",
    ...(name === undefined ? {} : { name }),
    silent: true,
    clip: true,
    z: 1,
    // One item: the points come from here, not from the data, which only give ECharts the extent of the axes.
    data: points.map((point) => [...point]),
    itemStyle: { color, opacity },
    renderItem: (params, api) =>
      params.dataIndex > 0
        ? { type: "group", children: [] }
        : {
            type: "polygon",
            shape: { points: points.map((point) => api.coord([...point])) },
            style: {
              fill: color,
              fillOpacity: opacity,
              ...(outline === undefined ? {} : { stroke: color, lineWidth: 2 }),
              ...(dash === undefined ? {} : { lineDash: dash }),
            },
          },
  };
}
