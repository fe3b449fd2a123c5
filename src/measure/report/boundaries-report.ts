/**
 * Figures of the two-class decision boundaries of five losses, and of the two faults that the CosFace paper finds in
 * A-Softmax: its target function must be piecewise to fall at all angles, and its margin depends on the angle.
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

/** Margins of the losses to draw. */
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

type Resolved = Required<BoundariesOptions>;

const resolve = (options: BoundariesOptions): Resolved => ({
  cosineMargin: 0.35,
  marginRadians: 0.5,
  multiplier: 4,
  normRatio: 2,
  betweenDegrees: 90,
  ...options,
});

/**
 * The figures by file name, without extension: `plane-…` for each loss, `bands` on the arc between the two centers,
 * `psi` and `margin-by-angle`.
 *
 * @throws {OptionError} when an option is out of the range of its loss.
 */
export function boundaryFigures(options: BoundariesOptions = {}): Record<string, CaptionedFigure> {
  return { ...planeFigures(options), ...angleFigures(options) };
}

/** The decision regions of each loss in the plane of the two cosines. */
function planeFigures(options: BoundariesOptions): Record<string, CaptionedFigure> {
  const resolved = resolve(options);
  const rules = namedRules(resolved);
  const planes = rules.map(({ file, name, rule, caption }): [string, CaptionedFigure] => [
    `plane-${file}`,
    { svg: decisionRegionsFigure(rule), title: name, caption },
  ]);
  return Object.fromEntries(planes);
}

/** The figures over angles. */
function angleFigures(options: BoundariesOptions) {
  const resolved = resolve(options);
  return {
    bands: bandsFigure(resolved),
    psi: psiFigure(resolved),
    "margin-by-angle": marginFigure(resolved),
  } satisfies Record<string, CaptionedFigure>;
}

/** The decision boundaries as a self-contained HTML page. @throws {OptionError} as `boundaryFigures` does. */
export function boundariesReport(
  options: BoundariesOptions & { readonly command: string; readonly theme?: "light" | "dark" },
): string {
  const { command, theme, ...given } = options;
  const { multiplier, cosineMargin } = resolve(given);
  const angles = angleFigures(given);
  return reportPage({
    title: "Decision boundaries of the losses",
    lead: "A sample has the angle θ₁ to the center of class 1 and θ₂ to the center of class 2. Each loss separates the classes by another boundary.",
    sections: [
      {
        title: "In the plane of the two cosines",
        body: [
          paragraph(
            "A sample of class 1 must lie in one region, a sample of class 2 in the other. The band between the regions is the margin. Where they overlap, the loss accepts either label.",
          ),
          figures(Object.values(planeFigures(given))),
        ],
      },
      {
        title: "As bands of angles",
        body: [
          paragraph(
            "The same boundaries on the arc between the two class centers, where samples of the two classes are closest.",
          ),
          figures([angles.bands]),
        ],
      },
      {
        title: "Two faults of A-Softmax",
        body: [
          paragraph(
            `A-Softmax multiplies the angle to the own center by ${multiplier}; CosFace subtracts ${cosineMargin} from its cosine. The paper gives two reasons for this change:`,
          ),
          bulletList([
            `cos(${multiplier}θ) rises again beyond θ = ${formatDegrees(180 / multiplier, 0)}, so ψ(θ) replaces it, which joins ${multiplier} monotone pieces, every other one flipped;`,
            "the resulting margin depends on the angle and tends to 0 as θ → 0: similar classes, whose centers are close, get the smallest margin.",
          ]),
          figures([angles.psi, angles["margin-by-angle"]]),
        ],
      },
      { title: "How to reproduce it", body: [commandBlock(command)] },
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

function namedRules({ cosineMargin, marginRadians, multiplier, normRatio }: Resolved): NamedRule[] {
  return [
    {
      file: "softmax",
      name: `softmax, ‖W₁‖ = ${formatNumber(normRatio)} ‖W₂‖`,
      rule: softmaxRule(normRatio, 1),
      caption:
        "One line, tilted by the norms of the centers: the cosine that a sample needs depends on the pair of classes.",
    },
    {
      file: "nsl",
      name: "normalized softmax (NSL)",
      rule: nslRule(),
      caption: "cos θ₁ = cos θ₂ for every pair of classes: no overlap and no margin.",
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
      caption: "cos(θ₁ + m) = cos θ₂: a band of constant width in angle, so a curved one in cosine.",
    },
  ];
}

function bandsFigure(resolved: Resolved): CaptionedFigure {
  const between = (resolved.betweenDegrees / 180) * Math.PI;
  const rows = namedRules({ ...resolved, normRatio: 1 }).map(({ name, rule }) => ({
    name: { softmax: "softmax", nsl: "NSL" }[rule.name as string] ?? name,
    band: angularBand(rule, between),
  }));
  return {
    svg: angularBandsFigure(rows, between),
    title: `Centers ${formatDegrees(resolved.betweenDegrees, 0)} apart`,
    caption: "The band between the bars belongs to neither class. Softmax is drawn with centers of equal norms.",
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

function psiFigure({ multiplier, cosineMargin }: Resolved): CaptionedFigure {
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

function marginFigure({ multiplier, cosineMargin, marginRadians }: Resolved): CaptionedFigure {
  // Beyond 60°, where trained samples do not lie, A-Softmax's margin is much larger than the others.
  const margin = (name: string, rule: DecisionRule) =>
    drawn(name, 0, Math.PI / 3, (angle) => marginAtAngle(rule, angle));
  const lines = [
    margin(`A-Softmax, m = ${multiplier}`, aSoftmaxRule(multiplier)),
    margin(`CosFace, m = ${formatNumber(cosineMargin)}`, cosFaceRule(cosineMargin)),
    margin(`ArcFace, m = ${formatNumber(marginRadians)} rad`, arcFaceRule(marginRadians)),
  ];
  return {
    svg: linesFigure(lines, {
      title: "Required cosine margin by angle",
      x: { ...angleAxis, max: 60, ticks: [0, 15, 30, 45, 60] },
      y: { name: "Margin: cos θ − target" },
    }),
    title: "Margin by angle",
    caption:
      "The difference between cos θ and the target. CosFace's is the same at every angle; A-Softmax's is 0 at θ = 0.",
  };
}
