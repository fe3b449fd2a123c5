import { OptionError, requireFields, requireObject } from "../../base/core/index.ts";
import { type OperatingPoint, type PairScores, type Refusal, requireRates, tarAtFars } from "../eval/index.ts";
import { type NearestFarPoint, tarAtNearestFars } from "./nearest-far.ts";
import { type PersonInterval, peopleOfPairs, personInterval } from "./people-of-pairs.ts";
import { type TemplateSet, templateProduct, templateRow } from "./templates.ts";

/** Pairs of templates, by their numbers. */
export type TemplatePairs = {
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
  /** 1 for two templates of one person, 0 for two people. */
  readonly same: ArrayLike<number>;
};

/** TAR at one wanted FAR, by three rules. */
export type TemplateOperatingPoint = {
  readonly far: number;
  /** This project's rule: the lowest threshold whose FAR is at most `far`, with Wilson's interval. */
  readonly strict: OperatingPoint | Refusal;
  /** The interval of the strict TAR by people; null where the rate cannot be measured. */
  readonly byPeople: PersonInterval | null;
  /** The point of the whole ROC curve with the nearest FAR. */
  readonly nearest: NearestFarPoint;
  /** The same among the points that scikit-learn's `roc_curve` keeps, as InsightFace's script takes it. */
  readonly nearestCorner: NearestFarPoint;
};

/** The result of 1:1 verification of templates. */
export type TemplateVerification = {
  readonly templateCount: number;
  readonly genuineCount: number;
  readonly impostorCount: number;
  readonly points: readonly TemplateOperatingPoint[];
  /** Scores in the order of the list. */
  readonly scores: PairScores;
};

/** False accept rates of IJB's tables. */
export const IJB_FARS: readonly number[] = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];

/**
 * Verification of template pairs, as IJB-B and IJB-C report it: TAR at FARs from 1e-6 to 1e-1. A score is the inner
 * product of two unit templates, computed in f64 and kept in f32, so that scores that are equal but for rounding tie.
 *
 * @throws {OptionError} when a pair names a template without an image, there are no genuine or no impostor pairs, or a
 *   rate is not in [0, 1].
 * @see InsightFace, `recognition/arcface_torch/eval_ijbc.py`: https://github.com/deepinsight/insightface
 */
export function verifyTemplates(
  templates: TemplateSet,
  pairs: TemplatePairs,
  fars: readonly number[] = IJB_FARS,
): TemplateVerification {
  requireFields("pairs", pairs, { left: "a list", right: "a list", same: "a list" });
  requireObject("pairs", pairs);
  requireRates(fars);
  const { left, right, same } = pairs;
  if (left.length !== same.length || right.length !== same.length) {
    const got = `${left.length} and ${right.length} templates for ${same.length} pairs`;
    throw new OptionError(`got ${got}, expected two for each`);
  }
  let genuineCount = 0;
  for (let i = 0; i < same.length; i++) if (same[i] === 1) genuineCount++;
  const impostorCount = same.length - genuineCount;
  const scores = { genuine: new Float32Array(genuineCount), impostor: new Float32Array(impostorCount) };
  const rows = { left: new Uint32Array(genuineCount), right: new Uint32Array(genuineCount) };
  let [genuine, impostor] = [0, 0];
  for (let i = 0; i < same.length; i++) {
    const [a, b] = [templateRow(templates, left[i]!), templateRow(templates, right[i]!)];
    const score = templateProduct(templates, a, b);
    if (same[i] === 1) {
      rows.left[genuine] = a;
      rows.right[genuine] = b;
      scores.genuine[genuine++] = score;
    } else {
      scores.impostor[impostor++] = score;
    }
  }
  const people = peopleOfPairs(rows.left, rows.right, templates.count);
  const { all, corners } = tarAtNearestFars(scores, fars);
  const points = tarAtFars(scores, fars).map((strict, i): TemplateOperatingPoint => {
    const [nearest, nearestCorner] = [all[i], corners[i]];
    if (nearest === undefined || nearestCorner === undefined) throw new OptionError("internal: no point for a rate");
    const byPeople = strict.threshold === null ? null : personInterval(scores.genuine, people, strict.threshold);
    return { far: strict.far, strict, byPeople, nearest, nearestCorner };
  });
  return { templateCount: templates.count, genuineCount, impostorCount, points, scores };
}
