/**
 * The only file that uses ECharts: it renders an option to an SVG document, without a browser ("server-side
 * rendering"). Attributes for ECharts' own scripts are removed, and ids numbered by process are replaced by ids from
 * the content, so that equal data give equal text and two figures in one page cannot share an id.
 */
import {
  CustomChart,
  type CustomSeriesOption,
  LineChart,
  type LineSeriesOption,
  ScatterChart,
  type ScatterSeriesOption,
} from "echarts/charts";
import {
  GridComponent,
  type GridComponentOption,
  LegendComponent,
  type LegendComponentOption,
  MarkLineComponent,
} from "echarts/components";
import { type ComposeOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { escapeHtml } from "../html.ts";
import { figureStyleSheet } from "./theme.ts";

use([LineChart, ScatterChart, CustomChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);

/** A series of a figure. */
export type ChartSeries = LineSeriesOption | ScatterSeriesOption | CustomSeriesOption;

/** The ECharts options that figures use. */
export type ChartOption = ComposeOption<ChartSeries | GridComponentOption | LegendComponentOption>;

/** A figure's size in CSS pixels, and its accessible name. */
export type ChartFrame = {
  readonly width: number;
  readonly height: number;
  /** The accessible name. */
  readonly title: string;
};

/** Draws a chart as a self-contained SVG document of class `figure`, in the colors of `theme.ts`. */
export function drawChart(option: ChartOption, { width, height, title }: ChartFrame): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ animation: false, ...option });
    return selfContained(chart.renderToSVGString({ useViewBox: true }), { width, height, title });
  } finally {
    chart.dispose();
  }
}

/** ECharts' SVG, cleaned, with name, size and colors. Quotes in texts are escaped, so matching attributes is safe. */
function selfContained(svg: string, { width, height, title }: ChartFrame): string {
  const body = svg
    .replace(/^<svg[^>]*>/, "")
    .replace(/<style >[\s\S]*?<\/style>/g, "")
    .replace(/ ecmeta_\w+="[^"]*"/g, "")
    .replace(/ class="[^"]*"/g, "")
    .replace(/ pointer-events="[^"]*"/g, "")
    // The fill of elements without a visible fill: lines and clipping shapes.
    .replaceAll(' fill="#000"', ' fill="none"')
    .replace(/\n/g, "");
  const key = contentKey(title + anonymous(body));
  const head =
    `<svg class="figure" xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" role="img"><title>${escapeHtml(title)}</title><style>${figureStyleSheet}</style>`;
  return head + body.replace(ownIds, `$1f${key}-`);
}

const ownIds = /(id="|url\(#)zr\d+-/g;

function anonymous(body: string): string {
  return body.replace(ownIds, "$1");
}

/** A 64-bit digest of a text by FNV-1a with two seeds. Hashes of Node.js are not available in browsers. */
function contentKey(text: string): string {
  return [0x811c9dc5, 0x9e3779b9]
    .map((seed) => {
      let hash = seed;
      for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
      return (hash >>> 0).toString(16).padStart(8, "0");
    })
    .join("");
}
