/**
 * Verification in folds by the rules of published programs. All choose the threshold of a fold on the others and report
 * the mean of the folds' accuracies, yet differ in the score, the thresholds that they try, which of equally good ones
 * they take, and the spread that they report. So each rule has a name, and a result carries it.
 *
 * @see InsightFace, arcface_torch, `eval/verification.py`: https://github.com/deepinsight/insightface
 * @see FaceX-Zoo, `test_protocol/lfw/lfw_evaluator.py`: https://github.com/JDAI-CV/FaceX-Zoo
 * @see Knoche et al., XQLFW, FG 2021, `code/evaluate.py`: https://github.com/Martlgap/xqlfw
 */
import { requireFields, requireKind, requireKnownKeys, requireOneOf } from "../../base/core/index.ts";
import {
  type Embeddings,
  type FlipRule,
  type FoldResult,
  type PairScores,
  type TarAtFar,
  type VerificationPair,
  verifyTenFold,
} from "../eval/index.ts";
import { type FoldFigures, foldFigures } from "./fold-figures.ts";
import { type ThresholdKind, verifyOnGrid } from "./grid-rules.ts";
import { squaredPairDistances } from "./pair-distances.ts";
import { verifyByRange } from "./range-rule.ts";
import type { ValidationRate } from "./validation-rate.ts";

/**
 * Rules of verification in folds:
 *
 * - `exact`: the cosine that decides most pairs correctly, without a grid (`verifyTenFold`); sample standard deviation.
 * - `insightface`: squared distance < threshold, 0 to 4 by 0.01, the first best; population standard deviation; VAL.
 * - `facex-zoo`: cosine > threshold, 1,000 steps from the lowest to the highest score of the other folds, the first
 *   with the greatest TPR − FPR; standard error of the mean.
 * - `xqlfw`: half the squared distance < threshold, 0 to 2 by 0.001, the first best.
 */
export const verificationRules = ["exact", "insightface", "facex-zoo", "xqlfw"] as const;
/** Name of a rule of verification in folds. */
export type VerificationRule = (typeof verificationRules)[number];

/** A verification in folds. All rates are in [0, 1]. */
export type FoldVerification = FoldFigures & {
  readonly rule: VerificationRule;
  /** The choices of the rule, in words. */
  readonly variant: string;
  readonly pairCount: number;
  /** What the folds' thresholds are compared with. */
  readonly thresholdKind: ThresholdKind;
  /** InsightFace's VAL at FAR 1e-3; only of the rule `insightface`, where every fold has pairs of both kinds. */
  readonly validation?: ValidationRate;
  readonly eer: number;
  readonly auc: number;
  readonly tarAtFar: readonly TarAtFar[];
  /** Cosines, in the order of the pairs. */
  readonly genuineScores: Float32Array;
  readonly impostorScores: Float32Array;
  /** 1 for each pair that its fold's threshold decides correctly, in the order of the pairs. */
  readonly isCorrect: Uint8Array;
};

/** How pairs are verified. */
export type FoldVerificationOptions = {
  /** Default "exact". */
  readonly rule?: VerificationRule;
  /** How the embeddings were made; only reported. Default "none". */
  readonly flip?: FlipRule;
  /** Subtract the mean embedding of the other folds; only of the rule `exact`. Default false. */
  readonly centering?: boolean;
  /** Views that a row holds side by side, to be added in f64 by rules on distances. Default 1. */
  readonly viewCount?: number;
};

/**
 * Verifies pairs in folds by a published rule.
 *
 * @param embeddings a row for each image, of any length.
 * @throws {OptionError} when there are fewer than two folds, an empty fold, no genuine or no impostor pairs, a row that
 *   does not exist, or a row that is not finite.
 */
export function verifyFolds(
  embeddings: Embeddings,
  pairs: readonly VerificationPair[],
  options: FoldVerificationOptions = {},
): FoldVerification {
  requireFields("embeddings", embeddings, { count: "a number", size: "a number", data: "a list" });
  requireKind("pairs", pairs, "a list");
  requireKnownKeys("options of verifyFolds", options, { rule: true, flip: true, centering: true, viewCount: true });
  const { rule = "exact", flip = "none", centering = false, viewCount = 1 } = options;
  requireOneOf("rule", rule, verificationRules);
  const added = viewCount === 1 ? embeddings : addViews(embeddings, viewCount);
  const exact = verifyTenFold(added, pairs, { flip, centering });
  const { eer, auc, tarAtFar, genuineScores, impostorScores } = exact;
  const scores = inOrder({ genuine: genuineScores, impostor: impostorScores }, pairs);
  const rest = { pairCount: pairs.length, eer, auc, tarAtFar, genuineScores, impostorScores };
  if (rule === "exact") {
    const { folds, variant } = exact;
    return { rule, variant, ...rest, ...exactFigures(folds, scores, pairs) };
  }
  const verified =
    rule === "facex-zoo"
      ? verifyByRange(scores, pairs)
      : verifyOnGrid(squaredPairDistances(embeddings, pairs, viewCount), pairs, rule);
  return { rule, variant: `${rule}: flip=${flip}, ${describeRule[rule]}`, ...rest, ...verified };
}

/** Scores in the order of the pairs, from those of each kind. */
function inOrder({ genuine, impostor }: PairScores, pairs: readonly VerificationPair[]): Float32Array {
  let [g, i] = [0, 0];
  return Float32Array.from(pairs, ({ same }) => (same ? genuine[g++] : impostor[i++]) ?? Number.NaN);
}

function exactFigures(folds: readonly FoldResult[], scores: Float32Array, pairs: readonly VerificationPair[]) {
  const isCorrect = Uint8Array.from(pairs, ({ same, fold }, i) =>
    Number((scores[i] ?? Number.NaN) >= (folds[fold]?.threshold ?? 0) === same),
  );
  return { ...foldFigures(folds, "n - 1"), thresholdKind: "cosine" as const, isCorrect };
}

const describeRule = {
  insightface:
    "score=squared distance of unit vectors, threshold=first best of 0 to 4 by 0.01 on the other folds, " +
    "standard deviation with n",
  "facex-zoo":
    "score=cosine, threshold=first with the greatest TPR − FPR of 1000 steps over the other folds' scores, " +
    "standard deviation with n − 1",
  xqlfw: "score=cosine distance, threshold=first best of 0 to 2 by 0.001 on the other folds, standard deviation with n",
} as const;

function addViews({ count, size, data }: Embeddings, viewCount: number): Embeddings {
  const length = size / viewCount;
  const added = new Float32Array(count * length);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let view = 0; view < viewCount; view++) sum += data[row * size + view * length + i]!;
      added[row * length + i] = sum;
    }
  }
  return { count, size: length, data: added };
}
