import { requireBetween, requireInteger, requireObject } from "../../base/core/index.ts";
import { fejesTothCosine, levenshteinCosine } from "./code-limits.ts";
import { type NeighborShell, optimalCode } from "./optimal-codes.ts";

/**
 * Bounds of the scale s and the cosine margin m.
 *
 * A class center w_i is the easiest sample of its identity: its own cosine is 1. It reaches the posterior P when
 *
 *     Σ_{j≠i} e^{s(⟨w_i, w_j⟩ − 1 + m)} ≤ (1 − P) / P.
 *
 * Close centers make the left side large, so s must grow with the number of identities on the sphere and with m. If m
 * exceeds 1 − ⟨w_i, w_j⟩ for a pair, the term of that pair grows with s and no scale is enough.
 */

/** Number of class centers on a sphere, and its dimension. */
export type SphereSize = {
  /** Number of identities C, at least 2. */
  readonly identities: number;
  /** Embedding dimension K, at least 2. */
  readonly dimension: number;
};

/** The source of an upper bound on the margin. An arrangement of the centers reaches each `-exact` bound. */
export type MarginBoundKind =
  | "circle-exact"
  | "simplex-exact"
  | "rankin-exact"
  | "known-code-exact"
  | "fejes-toth-limit"
  | "levenshtein-limit";

/** An upper bound on the cosine margin m. */
export type MarginBound = {
  /** Upper bound of the margin 1 − max ⟨w_i, w_j⟩ over all arrangements of the centers. */
  readonly value: number;
  readonly kind: MarginBoundKind;
  /** Whether some arrangement reaches `value`. If not, the largest usable margin is smaller and unknown. */
  readonly tight: boolean;
};

/**
 * The least scale at which class centers can have the posterior P: s ≥ (C−1)/C · ln((C−1)P / (1−P)).
 *
 * It holds for every arrangement, but only the simplex reaches it, so only if C ≤ K + 1. For more identities it is
 * too small, on the circle by far. 0 when P ≤ 1/C, which every scale gives.
 *
 * @throws {OptionError} when `identities` < 2 or `posterior` is not in (0, 1).
 * @see Wang et al., CosFace, CVPR 2018, Eq. 6: https://arxiv.org/abs/1801.09414
 */
export function scaleLowerBound(options: { readonly identities: number; readonly posterior: number }): number {
  requireObject("options", options);
  const { identities, posterior } = options;
  requireInteger("identities", identities, 2);
  requirePosterior(posterior);
  return Math.max(0, ((identities - 1) / identities) * logOdds(identities, posterior));
}

/**
 * The least scale that *every* arrangement of the centers needs with a margin: ln((C−1)P / (1−P)) / (C/(C−1) −
 * m), from the proof of Eq. 6 with m added. `Infinity` when m ≥ C/(C−1), with P > 1/C.
 */
export function scaleLowerBoundWithMargin(identities: number, posterior: number, margin: number): number {
  const odds = logOdds(identities, posterior);
  if (odds <= 0) return 0;
  const room = identities / (identities - 1) - margin;
  return room > ROUNDING ? odds / room : Number.POSITIVE_INFINITY;
}

/**
 * The best known lower bound on the scale for the posterior P with margin m, for any arrangement: the larger of
 * `scaleLowerBoundWithMargin` and the scale that the closest pair alone needs. With M the margin bound, some pair has
 * 1 − ⟨w_i, w_j⟩ ≤ M, and its term e^{−s(M − m)} must not exceed (1−P)/P, so s ≥ ln(P/(1−P)) / (M
 * − m). The pair decides on crowded spheres. `Infinity` where no scale is enough.
 *
 * @throws {OptionError} when an argument is out of range.
 */
export function necessaryScale(options: SphereSize & { readonly posterior: number; readonly margin?: number }): number {
  requireSphereSize(options);
  const { identities, dimension, posterior, margin = 0 } = options;
  requirePosterior(posterior);
  requireBetween("margin", margin, 0, 2);
  const all = scaleLowerBoundWithMargin(identities, posterior, margin);
  if (posterior <= 0.5) return all;
  const room = marginUpperBound({ identities, dimension }).value - margin;
  return Math.max(all, room > 0 ? Math.log(posterior / (1 - posterior)) / room : Number.POSITIVE_INFINITY);
}

/**
 * The smallest scale at which the worst class center of the best arrangement reaches the posterior P with margin m.
 *
 * Known for the circle (K = 2), the simplex (C ≤ K + 1), the orthoplex (C = 2K) and a few more universally optimal
 * codes; null otherwise. `"impossible"` where no scale is enough, also for unknown arrangements if P ≥ ½ and m
 * exceeds the theoretical limit: some pair then has e^{s(⟨w_i, w_j⟩ − 1 + m)} ≥ 1 at every s. 0 when P ≤
 * 1/C.
 *
 * @throws {OptionError} when an argument is out of range.
 */
export function exactScale(
  options: SphereSize & { readonly posterior: number; readonly margin?: number },
): number | "impossible" | null {
  requireSphereSize(options);
  const { identities, dimension, posterior, margin = 0 } = options;
  requirePosterior(posterior);
  requireBetween("margin", margin, 0, 2);
  const code = optimalCode(identities, dimension);
  if (code !== null) return solveScale(code.shells, posterior, margin) ?? "impossible";
  return posterior >= 0.5 && margin >= marginUpperBound({ identities, dimension }).value ? "impossible" : null;
}

/**
 * The upper bound on the margin, 0 ≤ m ≤ 1 − max ⟨w_i, w_j⟩ (Eq. 7), for the best arrangement of the centers:
 *
 * - C ≤ K + 1: the simplex, C/(C−1); K = 2: the regular polygon, 1 − cos(2π/C). Both exact.
 * - K + 1 < C ≤ 2K: Rankin's bound of 1, exact, reached by mutually orthogonal axes and their opposites. The paper
 *   states only m ≪ C/(C−1).
 * - C > 2K: exact for a few known codes; otherwise the smaller of the limits of Levenshtein and, for K = 3, Fejes
 *   Tóth.
 *
 * @throws {OptionError} when an argument is out of range.
 * @see Rankin, The closest packing of spherical caps in n dimensions, Proc. Glasgow Math. Assoc. 2 (1955).
 */
export function marginUpperBound(size: SphereSize): MarginBound {
  requireSphereSize(size);
  const { identities, dimension } = size;
  const exact = (kind: MarginBoundKind, value: number): MarginBound => ({ value, kind, tight: true });
  if (identities <= dimension + 1) return exact("simplex-exact", identities / (identities - 1));
  if (dimension === 2) return exact("circle-exact", 2 * Math.sin(Math.PI / identities) ** 2);
  if (identities <= 2 * dimension) return exact("rankin-exact", 1);
  const code = optimalCode(identities, dimension);
  if (code !== null) return exact("known-code-exact", code.nearestGap);
  const levenshtein = 1 - levenshteinCosine(identities, dimension);
  const fejesToth = dimension === 3 ? 1 - fejesTothCosine(identities) : Number.POSITIVE_INFINITY;
  return fejesToth < levenshtein
    ? { value: fejesToth, kind: "fejes-toth-limit", tight: false }
    : { value: levenshtein, kind: "levenshtein-limit", tight: false };
}

/**
 * The fixed scale of AdaCos, √2 · ln(C−1): a sample at 45° from its center, with all others at 90°, has
 * posterior ½.
 *
 * @throws {OptionError} when `identities` < 3: with two identities the formula gives 0.
 * @see Zhang et al., AdaCos, CVPR 2019, Eq. 12: https://arxiv.org/abs/1905.00292
 */
export function adaCosScale(identities: number): number {
  requireInteger("identities", identities, 3);
  return Math.SQRT2 * Math.log(identities - 1);
}

/** A gap below this is rounding and counts as 0. */
const ROUNDING = 1e-12;

/**
 * Solves g(s) = ln Σ count · e^{−s(gap − m)} = ln((1−P)/P) for the smallest s ≥ 0; null if g stays above it.
 *
 * g is convex and starts at ln(C−1), so Newton's method from the left never passes the root: each tangent lies below
 * g. If g stops falling before the root, the root does not exist.
 */
function solveScale(shells: Iterable<NeighborShell>, posterior: number, margin: number): number | null {
  const target = Math.log((1 - posterior) / posterior);
  let scale = scaleForNearest(shells, target, margin);
  while (scale !== null) {
    const { value, slope } = logSum(shells, scale, margin);
    const excess = value - target;
    if (excess <= ROUNDING) return scale;
    if (slope >= 0) return null;
    const next = scale - excess / slope;
    if (!Number.isFinite(next)) return null;
    if (next <= scale * (1 + Number.EPSILON)) return next;
    scale = next;
  }
  return null;
}

/**
 * A scale that is not beyond the root, to start from. The nearest n centers alone contribute at least
 * n · e^{−s(gap − m)} with the gap of the farthest of them; of such bounds, that of the first n with n·P/(1−P)
 * ≥ 2. It is close enough to the root for most of a million centers to be beyond rounding. Null if it shows that
 * there is no root, since even the farthest of the n is within the margin.
 */
function scaleForNearest(shells: Iterable<NeighborShell>, target: number, margin: number): number | null {
  let count = 0;
  for (const shell of shells) {
    count += shell.count;
    const excess = Math.log(count) - target;
    if (excess < Math.LN2) continue;
    const room = roomOf(shell, margin);
    return room > 0 ? excess / room : null;
  }
  return 0;
}

/** g(s) and g′(s). Terms are relative to that of the nearest shell, which has the largest exponent. */
function logSum(shells: Iterable<NeighborShell>, scale: number, margin: number): { value: number; slope: number } {
  let nearest: number | undefined;
  let sum = 0;
  let weighted = 0;
  for (const shell of shells) {
    const room = roomOf(shell, margin);
    nearest ??= room;
    const exponent = scale * (nearest - room);
    if (exponent < -100) break; // below e^−100 of the first term, and there are far fewer than e^60 terms
    const term = shell.count * Math.exp(exponent);
    sum += term;
    weighted += term * room;
  }
  return { value: Math.log(sum) - scale * (nearest ?? 0), slope: -weighted / sum };
}

function roomOf({ gap }: NeighborShell, margin: number): number {
  const room = gap - margin;
  return Math.abs(room) < ROUNDING * gap ? 0 : room;
}

/** ln((C−1)P / (1−P)): by how much the own logit must exceed the other logits when those are equal. */
export function logOdds(identities: number, posterior: number): number {
  return Math.log(identities - 1) + Math.log(posterior / (1 - posterior));
}

function requirePosterior(posterior: number): void {
  requireBetween("posterior", posterior, Number.MIN_VALUE, 1 - Number.EPSILON / 2);
}

/** @throws {OptionError} unless there are at least two identities and two dimensions. */
export function requireSphereSize(size: SphereSize): void {
  requireObject("sphere size", size);
  const { identities, dimension } = size;
  requireInteger("identities", identities, 2);
  requireInteger("dimension", dimension, 2);
}
