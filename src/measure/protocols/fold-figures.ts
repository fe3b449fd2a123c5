/** Figures over folds: mean, spread and interval. */
import { type FoldResult, type Interval, wilsonInterval } from "../eval/index.ts";

/** The 95 % interval of an accuracy over all pairs. */
export type AccuracyInterval = Interval & {
  readonly confidence: number;
  /** How it is computed, and what that takes for granted. */
  readonly method: string;
};

/** What every rule reports of its folds. */
export type FoldFigures = {
  /** Mean of the folds' accuracies. */
  readonly accuracy: number;
  /** Of the folds' accuracies: with n − 1 in the denominator for `exact` and `facex-zoo`, else with n. */
  readonly standardDeviation: number;
  /** Sample standard deviation / √(number of folds). */
  readonly standardError: number;
  readonly accuracyInterval: AccuracyInterval;
  readonly folds: readonly FoldResult[];
};

/** The figures of folds, with n or n − 1 in the denominator of the standard deviation. */
export function foldFigures(folds: readonly FoldResult[], denominator: "n" | "n - 1"): FoldFigures {
  const count = folds.length;
  const accuracy = folds.reduce((sum, fold) => sum + fold.accuracy, 0) / count;
  const squares = folds.reduce((sum, fold) => sum + (fold.accuracy - accuracy) ** 2, 0);
  const sample = Math.sqrt(squares / (count - 1));
  return {
    accuracy,
    standardDeviation: denominator === "n" ? Math.sqrt(squares / count) : sample,
    standardError: sample / Math.sqrt(count),
    accuracyInterval: intervalOf(folds),
    folds,
  };
}

/** Wilson's interval over all pairs of all folds. */
function intervalOf(folds: readonly FoldResult[]): AccuracyInterval {
  const trials = folds.reduce((sum, { pairCount }) => sum + pairCount, 0);
  const successes = folds.reduce((sum, { accuracy, pairCount }) => sum + Math.round(accuracy * pairCount), 0);
  const interval = wilsonInterval({ successes, trials });
  return { ...interval, confidence: 0.95, method: "Wilson over all pairs, taken as independent" };
}
