/**
 * Two-class decision boundaries of five losses as pictures, and the two faults that the CosFace paper finds in
 * A-Softmax: its target function needs a piecewise trick to fall at all angles, and its margin depends on the angle.
 */
import {
  angularBand,
  arcFaceRule,
  aSoftmaxPieces,
  aSoftmaxRule,
  cosFaceRule,
  type DecisionRule,
  marginAtAngle,
  nslRule,
  softmaxRule,
} from "../hypersphere/index.ts";
import { bulletList, type CaptionedFigure, commandBlock, figures, paragraph } from "./blocks.ts";
import { angularBandsFigure, decisionRegionsFigure } from "./figures/decisions.ts";
import { type Line, linesFigure } from "./figures/lines.ts";
import { formatDegrees, formatNumber } from "./format.ts";
import { reportPage } from "./page.ts";

/** Margins of the losses that are drawn. */
export type BoundariesOptions = {
  /** CosFace's, in cosine; default 0.35. */
  readonly cosineMargin?: number;
  /** ArcFace's, in radians; default 0.5. */
  readonly marginRadians?: number;
  /** A-Softmax's multiplier of the angle; default 4. */
  readonly multiplier?: number;
  /** ‖W₁‖ / ‖W₂‖ of the two class centers under softmax; default 2. */
  readonly normRatio?: number;
  /** The angle between the two class centers, in degrees in (0, 180]; default 90. */
  readonly betweenDegrees?: number;
};

type Settled = Required<BoundariesOptions>;

const settle = (options: BoundariesOptions): Settled => ({
  cosineMargin: 0.35,
  marginRadians: 0.5,
  multiplier: 4,
  normRatio: 2,
  betweenDegrees: 90,
  ...options,
});

/**
 * The figures by file name, without ending: `plane-…` for each loss, `bands` on the arc between the two centers,
 * `psi` and `margin-by-angle`.
 *
 * @throws {OptionError} when an option is out of its loss's range.
 */
export function boundaryFigures(options: BoundariesOptions = {}): Record<string, CaptionedFigure> {
  const settled = settle(options);
  const rules = namedRules(settled);
  const planes = rules.map(({ file, name, rule, caption }): [string, CaptionedFigure] => [
    `plane-${file}`,
    { svg: decisionRegionsFigure(rule), title: name, caption },
  ]);
  return {
    ...Object.fromEntries(planes),
    bands: bandsFigure(settled),
    psi: psiFigure(settled),
    "margin-by-angle": marginFigure(settled),
  };
}

/** The decision boundaries as a self-contained HTML page. @throws {OptionError} as `boundaryFigures` does. */
export function boundariesReport(
  options: BoundariesOptions & { readonly command: string; readonly theme?: "light" | "dark" },
): string {
  const { command, theme, ...given } = options;
  const { multiplier, cosineMargin } = settle(given);
  const named = boundaryFigures(given);
  const planes = Object.entries(named).filter(([name]) => name.startsWith("plane-"));
  return reportPage({
    title: "What each loss asks of two classes",
    lead: "A sample has an angle θ₁ to the center of class 1 and θ₂ to that of class 2. Each loss draws another boundary.",
    sections: [
      {
        title: "In the plane of the two cosines",
        body: [
          paragraph(
            "A sample of class 1 satisfies the loss in one region, a sample of class 2 in the other. What lies between them is the margin; where they overlap, the loss is satisfied by either label.",
          ),
          figures(planes.map(([, figure]) => figure)),
        ],
      },
      {
        title: "As bands of angles",
        body: [
          paragraph(
            "The same boundaries on the arc between the two class centers, where samples of both classes meet first.",
          ),
          figures([named.bands!]),
        ],
      },
      {
        title: "Two faults of A-Softmax",
        body: [
          paragraph(
            `A-Softmax multiplies the angle to the own center by ${multiplier}; CosFace subtracts ${cosineMargin} from its cosine. The paper gives two reasons for the change:`,
          ),
          bulletList([
            `cos(${multiplier}θ) rises again beyond θ = ${formatDegrees(180 / multiplier, 0)}, so it is replaced by ψ(θ), which joins ${multiplier} monotone pieces, every other one turned over;`,
            "the margin that results depends on the angle, and vanishes as θ → 0: classes that are hard to tell apart, whose centers are close, are given the smallest margin.",
          ]),
          figures([named.psi!, named["margin-by-angle"]!]),
        ],
      },
      { title: "How to repeat it", body: [commandBlock(command)] },
    ],
    footer:
      "Made by cosface · formulae: Wang et al., CosFace (2018); Liu et al., SphereFace (2017); Deng et al., ArcFace (2021)",
    ...(theme === undefined ? {} : { theme }),
  });
}

type NamedRule = {
  readonly file: string;
  readonly name: string;
  readonly rule: DecisionRule;
  readonly caption: string;
};

function namedRules({ cosineMargin, marginRadians, multiplier, normRatio }: Settled): NamedRule[] {
  return [
    {
      file: "softmax",
      name: `softmax, ‖W₁‖ = ${formatNumber(normRatio)} ‖W₂‖`,
      rule: softmaxRule(normRatio, 1),
      caption: "One line, tilted by the centers' norms: what cosine a sample needs depends on the pair of classes.",
    },
    {
      file: "nsl",
      name: "normalized softmax (NSL)",
      rule: nslRule(),
      caption: "cos θ₁ = cos θ₂, for every pair of classes: no overlap, and no margin.",
    },
    {
      file: "a-softmax",
      name: `A-Softmax, m = ${multiplier}`,
      rule: aSoftmaxRule(multiplier),
      caption: "ψ(θ₁) = cos θ₂: the band narrows to nothing towards the corner where both angles are small.",
    },
    {
      file: "cosface",
      name: `CosFace, m = ${formatNumber(cosineMargin)}`,
      rule: cosFaceRule(cosineMargin),
      caption: `cos θ₁ − m = cos θ₂: a band of width √2·m = ${formatNumber(Math.SQRT2 * cosineMargin, 3)} everywhere.`,
    },
    {
      file: "arcface",
      name: `ArcFace, m = ${formatNumber(marginRadians)} rad`,
      rule: arcFaceRule(marginRadians),
      caption: "cos(θ₁ + m) = cos θ₂: a constant band in angle, so a bent one in cosine.",
    },
  ];
}

function bandsFigure(settled: Settled): CaptionedFigure {
  const between = (settled.betweenDegrees / 180) * Math.PI;
  const rows = namedRules({ ...settled, normRatio: 1 }).map(({ name, rule }) => ({
    name: { softmax: "softmax", nsl: "NSL" }[rule.name as string] ?? name,
    band: angularBand(rule, between),
  }));
  return {
    svg: angularBandsFigure(rows, between),
    title: `Centers ${formatDegrees(settled.betweenDegrees, 0)} apart`,
    caption: "Between the bars lies the band that a loss leaves to neither class; softmax with centers of equal norms.",
  };
}

/** Steps of a drawn function. */
const DRAWN_STEPS = 360;

function drawn(name: string, from: number, to: number, value: (radians: number) => number): Line {
  const points = Array.from({ length: DRAWN_STEPS + 1 }, (_, step) => {
    const angle = from + ((to - from) * step) / DRAWN_STEPS;
    return { x: (angle / Math.PI) * 180, y: value(angle) };
  });
  return { name, points, hasMarkers: false };
}

const angleAxis = {
  name: "Angle θ to the own center (degrees)",
  min: 0,
  max: 180,
  ticks: [0, 45, 90, 135, 180],
  format: (angle: number) => formatDegrees(angle, 0),
};

function psiFigure({ multiplier, cosineMargin }: Settled): CaptionedFigure {
  const psi = aSoftmaxRule(multiplier);
  const lines = [
    drawn(`A-Softmax: ψ(θ), m = ${multiplier}`, 0, Math.PI, (angle) => psi.firstLimit(Math.cos(angle))),
    drawn(`cos(${multiplier}θ) alone`, 0, Math.PI, (angle) => Math.cos(multiplier * angle)),
    drawn(`CosFace: cos θ − ${formatNumber(cosineMargin)}`, 0, Math.PI, (angle) => Math.cos(angle) - cosineMargin),
  ];
  const joints = aSoftmaxPieces(multiplier).slice(1);
  return {
    svg: linesFigure(lines, {
      title: "Target functions of A-Softmax and CosFace by angle",
      x: angleAxis,
      y: { name: "Target logit / s" },
    }),
    title: "Target function by angle",
    caption: `ψ's ${multiplier} pieces join at ${joints.map(({ from }) => formatDegrees((from / Math.PI) * 180, 0)).join(", ")}, where its slope is 0 and so is the gradient.`,
  };
}

function marginFigure({ multiplier, cosineMargin, marginRadians }: Settled): CaptionedFigure {
  // Beyond 60°, where no trained sample is, A-Softmax's margin would dwarf the others.
  const margin = (name: string, rule: DecisionRule) =>
    drawn(name, 0, Math.PI / 3, (angle) => marginAtAngle(rule, angle));
  const lines = [
    margin(`A-Softmax, m = ${multiplier}`, aSoftmaxRule(multiplier)),
    margin(`CosFace, m = ${formatNumber(cosineMargin)}`, cosFaceRule(cosineMargin)),
    margin(`ArcFace, m = ${formatNumber(marginRadians)} rad`, arcFaceRule(marginRadians)),
  ];
  return {
    svg: linesFigure(lines, {
      title: "Cosine margin asked for by angle",
      x: { ...angleAxis, max: 60, ticks: [0, 15, 30, 45, 60] },
      y: { name: "Margin: cos θ − target" },
    }),
    title: "Margin by angle",
    caption: "How far below cos θ the target lies. CosFace's is the same at every angle; A-Softmax's is 0 at θ = 0.",
  };
}
