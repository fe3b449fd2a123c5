import {
  type BoundsReport,
  type DescribeBoundsOptions,
  describeBounds,
  type MarginBoundKind,
  type PackingMethod,
} from "../../../measure/hypersphere/index.ts";
import { print, printJson } from "../../output.ts";
import type { Flags } from "./options.ts";

export async function run({ json, ...options }: Flags): Promise<void> {
  const report = describeBounds(options);
  if (json) printJson(report);
  else print(...describe(options, report));
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
    row("angle, limit", `${packing.limitAngleDegrees.toFixed(2)}°`, "no arrangement has a larger one"),
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
  "fejes-toth-limit": "limit of Fejes Tóth; not tight: no known arrangement reaches it",
  "levenshtein-limit": "limit of Levenshtein; not tight: no known arrangement reaches it",
};

const PACKINGS: Readonly<Record<PackingMethod, string>> = {
  simplex: "simplex: all class centers equally far apart",
  circle: "regular polygon on the circle",
  orthoplex: "axes and their opposites",
  "known-code": "optimal spherical code",
  optimized: "found by spreading points on the sphere",
  "covering-argument": "an arrangement at least this good exists; better ones certainly do",
};
