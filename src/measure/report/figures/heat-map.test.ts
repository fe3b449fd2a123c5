import { describe, expect, it } from "vitest";
import { readMarkup } from "../markup.testing.ts";
import { heatMapFigure } from "./heat-map.ts";

const map = {
  title: "FMR between groups",
  names: ["first", "second <b>"],
  values: [
    [-3, -2],
    [-2, null],
  ],
  format: (value: number) => `v${value}`,
};

describe("heatMapFigure", () => {
  const svg = heatMapFigure(map);

  it("writes every number and both names of a row, and a dash for an empty cell", () => {
    readMarkup(svg);
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    expect(texts.filter((text) => text === "v-3")).toHaveLength(1);
    expect(texts.filter((text) => text === "v-2")).toHaveLength(2);
    expect(texts.filter((text) => text === "–")).toHaveLength(1);
    expect(texts.filter((text) => text === "first")).toHaveLength(2);
    expect(svg).toContain("<title>FMR between groups</title>");
  });

  it("shades higher numbers darker, and an empty cell not at all", () => {
    const shades = [...svg.matchAll(/fill-opacity="([\d.]+)"/g)].map(([, value]) => Number(value));
    expect(Math.max(...shades)).toBeCloseTo(0.62, 2);
    expect(shades).toContain(0);
    expect(shades.filter((shade) => shade > 0.5)).toHaveLength(2);
  });

  it("draws equal numbers alike", () => {
    const equal = heatMapFigure({
      ...map,
      values: [
        [-3, -3],
        [-3, -3],
      ],
    });
    expect(new Set([...equal.matchAll(/fill-opacity="([\d.]+)"/g)].map(([, value]) => value)).size).toBe(1);
  });
});
