/** What holds for every figure, then each figure's own geometry, read back from its SVG. */
import { describe, expect, it } from "vitest";
import { probit } from "../../eval/index.ts";
import { angularBand, arcFaceRule, cosFaceRule, nslRule } from "../../hypersphere/index.ts";
import { readMarkup } from "../markup.testing.ts";
import { comparisonFigure } from "./comparison.ts";
import { angularBandsFigure, decisionRegionsFigure } from "./decisions.ts";
import { featureCircleFigure, featurePlaneFigure } from "./features.ts";
import { angleHistogramFigure, outline, scoreHistogramFigure } from "./histograms.ts";
import { linesFigure } from "./lines.ts";
import { figureInTheme, figureStyleSheet, seriesColorCount, seriesStyle } from "./theme.ts";
import { curvesOfLog, hasCurve, trainingCurvesFigure } from "./training-curves.ts";
import { detFigure, rocFigure } from "./verification-curves.ts";

const hostile = `<script>alert("1")</script>&'{a|b}`;
const hostileText = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;{a|b}";

/** Scores at the quantiles of two normal distributions whose means are `distance` standard deviations apart. */
function normalScores(count: number, distance: number) {
  const quantiles = Float32Array.from({ length: count }, (_, i) => probit((i + 0.5) / count));
  return { genuine: quantiles.map((score) => score + distance), impostor: quantiles };
}

function run(name: string) {
  const steps = Array.from({ length: 500 }, (_, i) => ({
    iteration: i * 10,
    loss: 20 * Math.exp(-i / 100) + Math.sin(i * 1.7),
    accuracy: i / 500,
    learningRate: i < 300 ? 0.1 : 0.01,
  }));
  return {
    name,
    steps,
    verifications: [
      { iteration: 2500, accuracy: 0.8 },
      { iteration: 5000, accuracy: 0.9 },
    ],
  };
}

const sweep = [0, 0.1, 0.2, 0.3].map((x) => ({ x, y: 0.9 - (x - 0.2) ** 2, low: 0.85, high: 0.92 }));
const features = {
  features: [3, 0, 4, 0.1, 0, 3, 0.2, 4, -3, 0, -4, 0.1],
  labels: [0, 0, 1, 1, 2, 2],
  centers: [1, 0, 0, 1, -1, 0],
  title: "toy",
};

const figures: Readonly<Record<string, (name: string) => string>> = {
  "training curves": (name) => trainingCurvesFigure([run(name), run("other")], "loss"),
  "learning rate": (name) => trainingCurvesFigure([run(name), run("other")], "learningRate"),
  "verification during training": (name) => trainingCurvesFigure([run(name), run("other")], "verification"),
  roc: (name) =>
    rocFigure([
      { name, scores: normalScores(500, 3) },
      { name: "other", scores: normalScores(500, 2) },
    ]),
  det: (name) =>
    detFigure([
      { name, scores: normalScores(500, 3) },
      { name: "other", scores: normalScores(500, 2) },
    ]),
  lines: (name) =>
    linesFigure(
      [
        { name, points: sweep },
        { name: "other", points: sweep },
      ],
      {
        title: "sweep",
        x: { name: "Margin m" },
        y: { name: "Accuracy" },
        marks: [{ at: 0.15, label: name }],
      },
    ),
  comparison: (name) =>
    comparisonFigure(
      [
        { name, mean: 0.987, standardDeviation: 0.004, values: [0.98, 0.99] },
        { name: "other", mean: 0.97 },
      ],
      {
        measure: "LFW accuracy",
      },
    ),
  "angle histogram": (name) =>
    angleHistogramFigure(
      [
        { name, degrees: [30, 31, 40] },
        { name: "other", degrees: [70, 75] },
      ],
      {
        title: "angles",
        marks: [{ at: 60, label: name }],
      },
    ),
  "features in the plane": (name) => featurePlaneFigure({ ...features, names: [name, "other"] }),
  "features on the circle": (name) => featureCircleFigure({ ...features, names: [name, "other"] }),
  "angular bands": (name) =>
    angularBandsFigure(
      [
        { name, band: null },
        { name: "other", band: null },
      ],
      1,
    ),
};

const plainFigures: Readonly<Record<string, () => string>> = {
  "score histogram": () => scoreHistogramFigure({ ...normalScores(100, 1), threshold: 0.5 }),
  "decision regions": () => decisionRegionsFigure(cosFaceRule(0.35)),
};

const all = Object.entries({ ...figures, ...plainFigures });

describe.each(all)("%s", (_, draw) => {
  const svg = draw("cosface");

  it("is well-formed SVG of a known size that names itself", () => {
    const { elements, attributes } = readMarkup(svg);
    expect(
      [...elements].filter((name) => !/^(svg|title|style|rect|path|text|g|defs|clipPath|polyline|polygon)$/.test(name)),
    ).toEqual([]);
    expect(svg).toMatch(
      /^<svg class="figure" xmlns="http:\/\/www.w3.org\/2000\/svg" width="\d+" height="\d+" viewBox="0 0 \d+ \d+" role="img"><title>.+?<\/title>/,
    );
    expect(attributes.filter(([name]) => name.startsWith("on") || name === "href")).toEqual([]);
  });

  it("is the same text each time", () => {
    expect(draw("cosface")).toBe(svg);
  });

  it("loads nothing and contains no NaN", () => {
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
      /https?:|url\((?!#)|@import|NaN|Infinity|undefined/,
    );
  });

  it("takes all its colors from the theme", () => {
    const colors = readMarkup(svg).attributes.flatMap(([name, value]) =>
      name === "fill" || name === "stroke" ? [value] : [],
    );
    expect(new Set(colors.filter((color) => !/^(none|var\(--figure-[a-z]+(-\d)?\))$/.test(color)))).toEqual(new Set());
    expect(svg).toContain(`<style>${figureStyleSheet}</style>`);
  });

  it("can be written in either theme's own colors", () => {
    for (const theme of ["light", "dark"] as const) {
      const themed = figureInTheme(svg, theme);
      expect(() => readMarkup(themed)).not.toThrow();
      expect(themed).not.toMatch(/var\(|<style/);
      expect(themed).toContain(`fill="${theme === "light" ? "#ffffff" : "#161a1f"}"`);
    }
  });
});

describe.each(Object.entries(figures))("%s with hostile names", (_, draw) => {
  it("shows the name as text", () => {
    const svg = draw(hostile);
    expect(readMarkup(svg).elements).not.toContain("script");
    // A long name may be broken into lines, which are elements of their own.
    expect(svg.replace(/<[^>]+>/g, "").replaceAll("'", "&#39;")).toContain(hostileText);
  });
});

describe("ids", () => {
  it("differ between figures, since one page holds many", () => {
    const ids = all.flatMap(([, draw]) => [
      ...new Set([...draw("x").matchAll(/ id="([^"]+)"/g)].map((match) => match[1])),
    ]);
    expect(ids.length).toBeGreaterThan(3);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("theme", () => {
  it("has a light, a dark and a chosen value of every color in use", () => {
    for (let index = 0; index < seriesColorCount; index++) {
      const variable = `--figure-series-${index + 1}:`;
      expect(figureStyleSheet.split(variable)).toHaveLength(5);
    }
    expect(figureStyleSheet).toMatch(/^\.figure\{/);
    expect(figureStyleSheet).toContain("@media screen and (prefers-color-scheme:dark)");
    expect(figureStyleSheet).toContain(':root[data-theme="light"] .figure');
    expect(figureStyleSheet).toContain(':root[data-theme="dark"] .figure');
  });

  it("distinguishes series by dash too", () => {
    const dashes = Array.from({ length: 6 }, (_, index) => JSON.stringify(seriesStyle(index).dash));
    expect(new Set(dashes).size).toBe(6);
  });

  it.each(["light", "dark"] as const)("has series that stand out from the %s ground", (theme) => {
    const colors = new Set(
      Array.from({ length: seriesColorCount }, (_, index) =>
        figureInTheme(`<a b="${seriesStyle(index).color}"/>`, theme),
      ),
    );
    const ground = luminance(figureInTheme('<a b="var(--figure-surface)"/>', theme));
    expect(colors.size).toBe(seriesColorCount);
    // WCAG asks 3:1 of graphics; the lightest of Okabe and Ito's colors reach 2:1 on white, hence the dashes.
    for (const color of colors) expect(contrast(luminance(color), ground), color).toBeGreaterThan(2);
  });
});

/** WCAG 2's relative luminance of the `#rrggbb` in a text. */
function luminance(text: string): number {
  const hex = /#([0-9a-f]{6})/.exec(text)?.[1] ?? "";
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4);
}

function contrast(a: number, b: number): number {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** The corners of the open paths stroked in a series' color, in pixels, the plot's lines before the legend's. */
function linesOf(svg: string, index: number): [x: number, y: number][][] {
  const color = seriesStyle(index).color.replace(/[()]/g, "\\$&");
  const paths = svg.matchAll(new RegExp(`<path d="([ML\\d. -]+)" fill="none" stroke="${color}"`, "g"));
  return [...paths].map(([, path = ""]) =>
    [...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]): [number, number] => [Number(x), Number(y)]),
  );
}

describe("detFigure", () => {
  it("draws normal scores as a straight line of slope −1, for equal deviations", () => {
    const svg = detFigure([{ name: "normal", scores: normalScores(20_000, 2) }], { width: 500, height: 500 });
    const points = linesOf(svg, 0)[0] ?? [];
    const plot = gridBox(svg);
    const middle = points.filter((_, i) => i > points.length * 0.1 && i < points.length * 0.9);
    // FAR = Φ(−t) and FRR = Φ(t − 2), so the probits add up to −2: relative to the axes' spans, a falling
    // diagonal.
    const sums = middle.map(([x, y]) => (x - plot.left) / plot.width + (plot.bottom - y) / plot.height);
    expect(middle.length).toBeGreaterThan(50);
    expect(Math.max(...sums) - Math.min(...sums)).toBeLessThan(0.01);
  });

  it("has no line for scores that do not overlap", () => {
    const scores = { genuine: Float32Array.of(0.8, 0.9), impostor: Float32Array.of(0.1, 0.2) };
    expect(linesOf(detFigure([{ name: "perfect", scores }]), 0)).toEqual([]);
  });
});

/** The plot's box in pixels: its sides are the longest lines drawn as axes. */
function gridBox(svg: string) {
  const lines = svg.matchAll(/<path d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"[^>]*stroke="var\(--figure-axis\)"/g);
  const box = { left: 0, width: 0, bottom: 0, height: 0 };
  for (const [, x1, y1, x2, y2] of lines) {
    const width = Math.abs(Number(x2) - Number(x1));
    const height = Math.abs(Number(y2) - Number(y1));
    if (width > box.width) Object.assign(box, { left: Math.min(Number(x1), Number(x2)), width });
    if (height > box.height) Object.assign(box, { bottom: Math.max(Number(y1), Number(y2)), height });
  }
  return box;
}

describe("rocFigure", () => {
  it("begins at the smallest rate that can be measured, on a log axis", () => {
    const impostor = Float32Array.from({ length: 100 }, (_, i) => i / 100);
    const svg = rocFigure([{ name: "model", scores: { genuine: Float32Array.of(0.995, 0.5), impostor } }]);
    expect(svg).toMatch(/>1\u00A0%</);
    expect(svg).not.toMatch(/>0\.1\u00A0%</);
    // Half of the genuine pairs score above all impostors, and all above the lower half of these.
    const [line = []] = linesOf(svg, 0);
    const plot = gridBox(svg);
    const rise = line.find(([, y]) => y < (line[0]?.[1] ?? 0)) ?? [0, 0];
    expect((rise[0] - plot.left) / plot.width).toBeCloseTo(Math.log10(49) / 2, 2);
  });

  it("refuses a model without impostor pairs", () => {
    expect(() =>
      rocFigure([{ name: "m", scores: { genuine: Float32Array.of(1), impostor: new Float32Array(0) } }]),
    ).toThrow();
  });
});

describe("outline", () => {
  it("counts values in bins as shares, edges upwards, and closes at zero", () => {
    expect(outline([0, 0.1, 0.3, 0.3], 0.1)).toEqual([
      [0, 0],
      [0, 0.25],
      [0.1, 0.25],
      [0.2, 0],
      [0.3, 0.5],
      [0.4, 0],
    ]);
  });

  it("is empty for no values, and passes over what is not finite", () => {
    expect(outline([], 1)).toEqual([]);
    expect(outline([Number.NaN, 2.5], 1)).toEqual([
      [2, 0],
      [2, 1],
      [3, 0],
    ]);
  });
});

describe("angleHistogramFigure", () => {
  it("draws counted angles as it draws the angles themselves", () => {
    const degrees = [10.5, 11, 13.9];
    const counts = new Float64Array(90);
    counts.set([2, 1], 5);
    const options = { title: "angles" };
    expect(angleHistogramFigure([{ name: "a", histogram: { binDegrees: 2, counts } }], options)).toBe(
      angleHistogramFigure([{ name: "a", degrees }], options),
    );
  });
});

describe("decisionRegionsFigure", () => {
  it("leaves a band of width m between CosFace's classes, and none between NSL's", () => {
    for (const [rule, margin] of [
      [cosFaceRule(0.35), 0.35],
      [nslRule(), 0],
    ] as const) {
      const svg = decisionRegionsFigure(rule);
      const plot = gridBox(svg);
      const cosines = ([x, y]: [number, number]) => [
        (2 * (x - plot.left)) / plot.width - 1,
        (2 * (plot.bottom - y)) / plot.height - 1,
      ];
      for (const [series, sign] of [
        [0, 1],
        [1, -1],
      ] as const) {
        const line = linesOf(svg, series)[0] ?? [];
        expect(line.length).toBeGreaterThan(1);
        for (const [cosine1 = 0, cosine2 = 0] of line.map(cosines)) {
          expect(sign * (cosine1 - cosine2)).toBeCloseTo(margin, 2);
        }
      }
    }
  });
});

describe("angularBandsFigure", () => {
  it("states the band's width, and says where a loss cannot be satisfied", () => {
    const rule = arcFaceRule(0.5);
    const svg = angularBandsFigure(
      [
        { name: "arcface", band: angularBand(rule, Math.PI / 3) },
        { name: "too much", band: null },
      ],
      Math.PI / 3,
    );
    expect(svg).toContain(">band 28.6°<");
    expect(svg).toContain(">impossible<");
  });
});

describe("comparisonFigure", () => {
  it("writes each run's mean and spread", () => {
    const svg = figures.comparison?.("cosface") ?? "";
    expect(svg).toContain(">98.70\u00A0% ±\u00A00.40<");
    expect(svg).toContain(">97.00\u00A0%<");
  });
});

describe("training curves", () => {
  it("take a run from the rows of its log", () => {
    const curves = curvesOfLog("run", [
      { kind: "start" },
      { kind: "train", iteration: 20, loss: 9, accuracy: 0.1, learningRate: 0.1 },
      { kind: "verify", iteration: 20, accuracy: 0.6 },
    ]);
    expect(curves.steps).toHaveLength(1);
    expect(curves.verifications).toEqual([{ kind: "verify", iteration: 20, accuracy: 0.6 }]);
    expect(hasCurve([curves], "verification")).toBe(true);
    expect(hasCurve([{ name: "run", steps: [{ iteration: 1, loss: 1 }] }], "learningRate")).toBe(false);
  });

  it("draw a run that broke off with NaN, and one without any rows", () => {
    const broken = {
      name: "broken",
      steps: [
        { iteration: 1, loss: 9 },
        { iteration: 2, loss: Number.NaN },
      ],
    };
    const svg = trainingCurvesFigure([broken, { name: "empty", steps: [] }], "loss");
    expect(() => readMarkup(svg)).not.toThrow();
    expect(svg).not.toContain("NaN");
  });

  it("distinguish close shares on the axis", () => {
    const near = {
      name: "near",
      steps: [],
      verifications: [0.8645, 0.8662].map((accuracy, i) => ({ iteration: i, accuracy })),
    };
    const labels = [...trainingCurvesFigure([near], "verification").matchAll(/>([\d.]+)\u00A0%</g)].map(
      ([, label]) => label,
    );
    expect(labels.length).toBeGreaterThan(2);
    expect(new Set(labels).size).toBe(labels.length);
  });

  it("keep a schedule's jumps upright", () => {
    const [line = []] = linesOf(trainingCurvesFigure([run("a")], "learningRate"), 0);
    const drop = line.findIndex(([, y], index) => y - (line[index - 1]?.[1] ?? y) > 50);
    expect((line[drop]?.[0] ?? 0) - (line[drop - 1]?.[0] ?? 0)).toBeLessThan(2);
  });
});

describe("features on the circle", () => {
  it("put every sample at distance 1 whatever its length", () => {
    const svg = featureCircleFigure({ ...features, centers: [] });
    const distances = [...svg.matchAll(/transform="matrix\(3,0,0,3,([\d.]+),([\d.]+)\)"/g)].map(([, x, y]) => {
      const unit = (440 - 16) / (2 * 1.65);
      return Math.hypot(Number(x) - 220, Number(y) - 220) / unit;
    });
    expect(distances).toHaveLength(6);
    for (const distance of distances) expect(distance).toBeCloseTo(1, 2);
  });
});
