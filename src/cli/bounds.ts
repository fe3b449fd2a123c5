import { Command, InvalidArgumentError } from "commander";
import {
  type BoundsReport,
  DEFAULT_POSTERIOR,
  type DescribeBoundsOptions,
  describeBounds,
  type MarginBoundKind,
  type PackingMethod,
} from "../measure/hypersphere/index.ts";
import { parseInteger, parseNumber } from "./arguments.ts";
import { print, printJson } from "./output.ts";

type Flags = DescribeBoundsOptions & { readonly json?: boolean };

export function boundsCommand(): Command {
  return new Command("bounds")
    .requiredOption("--identities <C>", "number of identities, at least 2", parseInteger)
    .requiredOption("--dimension <K>", "numbers in an embedding, at least 2", parseInteger)
    .option("--posterior <P>", "what class centers shall reach, in (0, 1)", parsePosterior, DEFAULT_POSTERIOR)
    .option("--margin <m>", "cosine margin to judge; without it one is suggested", parseNumber)
    .option("--scale <s>", "scale to judge; without it one is suggested", parseNumber)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Formulas:
  s ≥ (C−1)/C · ln((C−1)P / (1−P))  Eq. 6: necessary; enough only if C ≤ K+1
  m ≤ 1 − max cos(w_i, w_j)         Eq. 7, for the best arrangement of centers
A bound is tight when some arrangement of the class centers w reaches it.

Examples:
  cosface bounds --identities 10575 --dimension 512 --margin 0.35 --scale 64
  cosface bounds --identities 8 --dimension 2 --posterior 0.99 --json`,
    )
    .action(({ json, ...options }: Flags) => {
      const report = describeBounds(options);
      if (json) printJson(report);
      else print(...describe(options, report));
    });
}

function parsePosterior(text: string): number {
  const value = parseNumber(text);
  if (value <= 0 || value >= 1) throw new InvalidArgumentError(`got '${text}', expected a number between 0 and 1`);
  return value;
}

function describe(options: DescribeBoundsOptions, report: BoundsReport): string[] {
  const { identities, dimension, posterior, margin, scale } = options;
  const { scaleLowerBound, scaleExact, marginUpperBound, marginUpperBoundKind, packing, advice } = report;
  const given = [
    `C = ${identities} identities`,
    `K = ${dimension} dimensions`,
    `P = ${posterior}`,
    ...(margin === undefined ? [] : [`m = ${margin}`]),
    ...(scale === undefined ? [] : [`s = ${scale}`]),
  ];
  return [
    given.join(", "),
    "",
    row("scale, lower bound", show(scaleLowerBound), describeLowerBound(options)),
    row("scale, exact", scaleExact === null ? "not known" : show(scaleExact), `with m = ${margin ?? 0}`),
    row("margin, upper bound", show(marginUpperBound), MARGIN_BOUNDS[marginUpperBoundKind]),
    row("margin, best known", show(packing.margin), PACKINGS[packing.method]),
    row("angle, best known", `${packing.minimumAngleDegrees.toFixed(2)}°`, "between the two nearest class centers"),
    row("angle, limit", `${packing.limitAngleDegrees.toFixed(2)}°`, "no arrangement does better"),
    "",
    ...advice,
  ];
}

function row(name: string, value: string, explanation: string): string {
  return `${name.padEnd(21)}${value.padStart(10)}   ${explanation}`;
}

function show(value: number | "impossible"): string {
  return value === "impossible" ? value : value.toFixed(4);
}

function describeLowerBound({ identities, dimension }: DescribeBoundsOptions): string {
  return identities <= dimension + 1
    ? "Eq. 6, m = 0: (C−1)/C · ln((C−1)P / (1−P)); tight, since C ≤ K+1"
    : "Eq. 6, m = 0: (C−1)/C · ln((C−1)P / (1−P)); not tight, since C > K+1";
}

const MARGIN_BOUNDS: Readonly<Record<MarginBoundKind, string>> = {
  "simplex-exact": "simplex, C ≤ K+1: C/(C−1); tight",
  "circle-exact": "circle, K = 2: 1 − cos(2π/C); tight",
  "rankin-exact": "Rankin, K+1 < C ≤ 2K: 1; tight",
  "known-code-exact": "optimal spherical code; tight",
  "fejes-toth-limit": "limit of Fejes Tóth; not tight: no arrangement is known to reach it",
  "levenshtein-limit": "limit of Levenshtein; not tight: no arrangement is known to reach it",
};

const PACKINGS: Readonly<Record<PackingMethod, string>> = {
  simplex: "simplex: all class centers equally far apart",
  circle: "regular polygon on the circle",
  orthoplex: "axes and their opposites",
  "known-code": "optimal spherical code",
  optimized: "found by spreading points on the sphere",
  "covering-argument": "an arrangement at least this good exists; better ones surely do",
};
