import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { boundariesReport, boundaryFigures } from "./boundaries-report.ts";
import { readMarkup } from "./markup.testing.ts";

describe("boundaryFigures", () => {
  it("draws each loss, the bands, ψ and the margins, well formed", () => {
    const figures = boundaryFigures();
    expect(Object.keys(figures)).toEqual([
      "plane-softmax",
      "plane-nsl",
      "plane-a-softmax",
      "plane-cosface",
      "plane-arcface",
      "bands",
      "psi",
      "margin-by-angle",
    ]);
    for (const { svg } of Object.values(figures)) expect(readMarkup(svg).elements).toContain("path");
  });

  it("names the widths of the bands, in closed form: 2·arcsin(m / (2·sin(ω/2))), ω(m−1)/(m+1), m", () => {
    const { bands } = boundaryFigures({ cosineMargin: 0.2, multiplier: 2, marginRadians: 0.3, betweenDegrees: 60 });
    const degrees = (radians: number) => `${((radians * 180) / Math.PI).toFixed(1)}°`;
    const expected = [0, 0, Math.PI / 9, 2 * Math.asin(0.2), 0.3];
    expect([...bands!.svg.matchAll(/>band ([^<]*)</g)].map(([, text]) => text)).toEqual(expected.map(degrees));
  });

  it("states CosFace's band in the plane, √2·m, and where ψ's pieces join", () => {
    const figures = boundaryFigures({ cosineMargin: 0.2, multiplier: 3 });
    expect(figures["plane-cosface"]!.caption).toContain("0.283");
    expect(figures.psi!.caption).toContain("60°, 120°");
  });

  it("says where a loss can be met by no sample at all", () => {
    expect(boundaryFigures({ cosineMargin: 0.5, betweenDegrees: 45 }).bands!.svg).toContain(">impossible<");
  });

  it("refuses what its losses refuse", () => {
    expect(() => boundaryFigures({ cosineMargin: 3 })).toThrow(OptionError);
    expect(() => boundaryFigures({ betweenDegrees: 0 })).toThrow(OptionError);
  });
});

describe("boundariesReport", () => {
  it("is one well-formed page that escapes the command", () => {
    const page = boundariesReport({ command: "cosface boundaries --out '<b>'" });
    expect(page).toContain("--out &#39;&lt;b&gt;&#39;");
    expect(readMarkup(page).attributes.filter(([name]) => name === "src" || name === "href")).toHaveLength(4);
  });
});
