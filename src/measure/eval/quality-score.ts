/**
 * QMagFace's score: the cosine s of two embeddings, weighed by the quality of the images,
 *
 *     score = s + min(0, β·s − α) · min(q₁, q₂),
 *
 * for a network whose norms mean quality, as those of MagFace do; q₁ and q₂ are the norms before
 * normalization. Two good images that are little alike are of different people, so that a low cosine costs
 * more the better the worse image is. Above s = α/β nothing changes.
 *
 * α and β are fitted on pairs. At one threshold t the best fixed weight ω of the quality, in s + ω ·
 * min(q₁, q₂), is found by trying some; it depends on t nearly in a line, ω = β·t − α. So for each of many
 * false accept rates the weight with the highest true accept rate is taken with its threshold, and the
 * line through these is α and β by least squares. The authors' code fits to the sigmoid of the thresholds;
 * here it is the thresholds themselves, since the score puts s in their place.
 *
 * @see Terhörst et al., QMagFace, WACV 2023: https://arxiv.org/abs/2111.13475
 */
import { OptionError, requireFields, requireKind, requireObject } from "../../base/core/index.ts";
import { type PairScores, requireScores, type VerificationPair } from "./pair-scores.ts";
import { tarAtFars } from "./tar-at-far.ts";

/** α and β. Both 0: the plain cosine. */
export type QualityWeights = { readonly alpha: number; readonly beta: number };

/** Pairs of images: the cosine of each, and the smaller of its two norms. */
export type QualityPairs = { readonly cosines: Float32Array; readonly qualities: Float32Array };

/** Weights fitted on pairs, and what they give there: for pairs that were not fitted, expect less. */
export type FittedQualityWeights = QualityWeights & {
  /** The false accept rates that the pairs are enough for, of which the best weights were taken. */
  readonly fars: readonly number[];
  /** Mean over these of the true accept rate with the fitted score. */
  readonly meanTar: number;
  /** The same of the plain cosine. The fit is never below: where no line helps, α and β are 0. */
  readonly plainMeanTar: number;
};

/** The score of a pair: see above. `quality` is the smaller of the two norms. */
export function qualityScore(cosine: number, quality: number, weights: QualityWeights): number {
  requireFields("weights", weights, { alpha: "a number", beta: "a number" });
  const { alpha, beta } = weights;
  return cosine + Math.min(0, beta * cosine - alpha) * quality;
}

/** The quality of each pair: the smaller norm of its two embeddings, which are given by row. */
export function pairQualities(norms: ArrayLike<number>, pairs: readonly VerificationPair[]): Float32Array {
  requireKind("norms", norms, "a list");
  requireKind("pairs", pairs, "a list");
  return Float32Array.from(pairs, ({ left, right }, index) => {
    const quality = Math.min(norms[left] ?? Number.NaN, norms[right] ?? Number.NaN);
    if (quality >= 0) return quality;
    throw new OptionError(`pair ${index}: got rows ${left} and ${right}, expected rows of the ${norms.length} norms`);
  });
}

/** False accept rates from 1e-5 to 1e-2, as in the authors' code. */
const FARS = Array.from({ length: 50 }, (_, i) => 10 ** (-5 + (3 * i) / 49));

/** Weights that are tried on each side of 0; the largest moves the score of the best pair by ½. */
const WEIGHT_COUNT = 20;
const LARGEST_SHIFT = 0.5;

/**
 * Fits α and β.
 *
 * @throws {OptionError} when there are no genuine pairs, too few impostor pairs for a false accept rate of 1 %, or a
 *   number that is not finite.
 */
export function fitQualityWeights(genuine: QualityPairs, impostor: QualityPairs): FittedQualityWeights {
  requireObject("genuine pairs", genuine);
  requireObject("impostor pairs", impostor);
  for (const [what, { cosines, qualities }] of [
    ["genuine", genuine],
    ["impostor", impostor],
  ] as const) {
    requireScores(`${what} cosines`, cosines);
    requireScores(`${what} qualities`, qualities);
    if (cosines.length !== qualities.length) {
      throw new OptionError(`${what} pairs: got ${cosines.length} cosines and ${qualities.length} qualities`);
    }
  }
  const fars = FARS.filter((far) => far * impostor.cosines.length >= 1);
  if (fars.length === 0) {
    throw new OptionError(`got ${impostor.cosines.length} impostor pairs, expected at least 100 to fit a score on`);
  }
  const tars = (rule: Rule) => ratesAt({ genuine: scores(genuine, rule), impostor: scores(impostor, rule) }, fars);
  const largest = [genuine, impostor].reduce(
    (most, { qualities }) => qualities.reduce((a, b) => Math.max(a, b), most),
    0,
  );
  const plain = tars((cosine) => cosine);
  const best = [...plain.map((point) => ({ ...point, weight: 0 }))];
  // From 0 outwards: of equally good weights the smallest is kept.
  for (let step = 1; step <= WEIGHT_COUNT; step++) {
    for (const sign of [-1, 1]) {
      const weight = (sign * step * LARGEST_SHIFT) / (WEIGHT_COUNT * (largest || 1));
      for (const [i, point] of tars((cosine, quality) => cosine + weight * quality).entries()) {
        if (point.tar > (best[i]?.tar ?? 0)) best[i] = { ...point, weight };
      }
    }
  }
  const fitted = lineThrough(best);
  const meanTar = mean(tars((cosine, quality) => qualityScore(cosine, quality, fitted)));
  const plainMeanTar = mean(plain);
  return meanTar > plainMeanTar
    ? { ...fitted, fars, meanTar, plainMeanTar }
    : { alpha: 0, beta: 0, fars, meanTar: plainMeanTar, plainMeanTar };
}

type Rule = (cosine: number, quality: number) => number;

type Point = { readonly tar: number; readonly threshold: number };

const scores = ({ cosines, qualities }: QualityPairs, rule: Rule): Float32Array =>
  cosines.map((cosine, i) => rule(cosine, qualities[i] ?? Number.NaN));

/** The rates are possible with so many impostor pairs, so that none is refused. */
const ratesAt = (pairs: PairScores, fars: readonly number[]): Point[] =>
  tarAtFars(pairs, fars).flatMap(({ tar, threshold }) => (tar === null ? [] : [{ tar, threshold }]));

const mean = (points: readonly Point[]): number => points.reduce((sum, { tar }) => sum + tar, 0) / points.length;

/** ω = β·t − α through points (t, ω) by least squares; a constant weight where all thresholds are equal. */
function lineThrough(points: readonly { readonly threshold: number; readonly weight: number }[]): QualityWeights {
  const center = (value: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + value(point), 0) / points.length;
  const [t, weight] = [center((point) => point.threshold), center((point) => point.weight)];
  const spread = center((point) => (point.threshold - t) ** 2);
  const beta = spread > 0 ? center((point) => (point.threshold - t) * (point.weight - weight)) / spread : 0;
  return { alpha: beta * t - weight, beta };
}
