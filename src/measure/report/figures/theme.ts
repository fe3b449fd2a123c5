/**
 * Colors of figures. A figure refers to its colors as CSS variables and contains their light and dark values, so one
 * SVG follows the reader's theme, in a page and as a separate file. For programs without CSS variables (rasterizers,
 * office programs), `figureInTheme` inserts the values of one theme.
 *
 * The series' colors are those of Okabe and Ito, which differ for all common kinds of color blindness. On a dark
 * background sky blue and white replace dark blue and black; on a light one olive replaces yellow. Lines also differ by
 * dash and marker, so that no figure depends on color alone.
 *
 * @see Okabe and Ito, Color Universal Design, 2008: https://jfly.uni-koeln.de/color/
 */

/** Dark text on a light background, or light text on a dark one. */
export type Theme = "light" | "dark";

const neutralNames = ["surface", "ink", "muted", "axis", "grid"] as const;

const neutrals: Readonly<Record<Theme, readonly string[]>> = {
  light: ["#ffffff", "#1c2127", "#59636e", "#8b949e", "#e4e8ec"],
  dark: ["#161a1f", "#e8ecf0", "#a3adb8", "#6b7580", "#2a3038"],
};

const series: Readonly<Record<Theme, readonly string[]>> = {
  light: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#1c2127", "#8a7d00"],
  dark: ["#56b4e9", "#e8702a", "#1fb58a", "#d68fb8", "#e69f00", "#3f8fd6", "#e8ecf0", "#f0e442"],
};

/** Number of colors of series; further series reuse them with other dashes and markers. */
export const seriesColorCount = 8;

/** Colors of a figure's parts that are not data. */
export const figureColors = {
  surface: "var(--figure-surface)",
  ink: "var(--figure-ink)",
  muted: "var(--figure-muted)",
  axis: "var(--figure-axis)",
  grid: "var(--figure-grid)",
} as const;

/** The marker shapes, as ECharts names them. */
const markers = ["circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow"] as const;

/** Dash patterns in pixels; the first is a full line. */
const dashes = ["solid", [8, 4], [2, 3], [10, 3, 2, 3], [4, 4], [14, 4], [6, 2, 2, 2, 2, 2]] as const;

/** Style of the series with an index, from 0. */
export type SeriesStyle = {
  readonly color: string;
  readonly dash: "solid" | number[];
  readonly marker: (typeof markers)[number];
};

/** Color, dash and marker of the series with an index, from 0. */
export function seriesStyle(index: number): SeriesStyle {
  const dash = dashes[index % dashes.length] ?? "solid";
  return {
    color: `var(--figure-series-${(index % seriesColorCount) + 1})`,
    dash: dash === "solid" ? "solid" : [...dash],
    marker: markers[index % markers.length] ?? "circle",
  };
}

/** The style sheet with the values of the variables; every figure contains it. */
export const figureStyleSheet = [
  `.figure{${declarations("light")}}`,
  // Print is always light, hence `screen`.
  `@media screen and (prefers-color-scheme:dark){.figure{${declarations("dark")}}}`,
  `@media screen{:root[data-theme="light"] .figure{${declarations("light")}}`,
  `:root[data-theme="dark"] .figure{${declarations("dark")}}}`,
].join("");

/** A figure with the colors of one theme inserted, for programs without CSS variables and themes. */
export function figureInTheme(svg: string, theme: Theme): string {
  const values = new Map(variables(theme));
  return svg
    .replace(`<style>${figureStyleSheet}</style>`, "")
    .replace(/="var\((--figure-[a-z0-9-]+)\)"/g, (whole, name: string) => {
      const value = values.get(name);
      return value === undefined ? whole : `="${value}"`;
    });
}

function declarations(theme: Theme): string {
  return variables(theme)
    .map(([name, value]) => `${name}:${value}`)
    .join(";");
}

function variables(theme: Theme): [name: string, value: string][] {
  return [
    ...neutralNames.map((name, index): [string, string] => [`--figure-${name}`, neutrals[theme][index] ?? ""]),
    ...series[theme].map((value, index): [string, string] => [`--figure-series-${index + 1}`, value]),
  ];
}
