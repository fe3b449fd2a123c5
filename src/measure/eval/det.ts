import type { PairScores } from "./pair-scores.ts";
import { probit } from "./probit.ts";
import { rocCurve } from "./roc.ts";

/** Detection error tradeoff: the two error rates against each other, in falling order of the threshold. */
export type DetCurve = {
  readonly thresholds: Float64Array;
  /** False accept rate, in (0, 1). */
  readonly fars: Float64Array;
  /** False reject rate 1 − TAR, in (0, 1). */
  readonly frrs: Float64Array;
  /** Coordinate of the false accept rate on a DET axis: its {@link probit}. */
  readonly farProbits: Float64Array;
  /** Coordinate of the false reject rate on a DET axis: its {@link probit}. */
  readonly frrProbits: Float64Array;
};

/**
 * The DET curve. Points where a rate is 0 or 1 lie at infinity on its axes and are omitted; when genuine and impostor
 * scores do not overlap, no point remains.
 *
 * @throws {OptionError} when there are no genuine or no impostor scores, or one is not finite.
 * @see Martin et al., The DET curve in assessment of detection task performance, Eurospeech 1997
 */
export function detCurve(scores: PairScores): DetCurve {
  const { thresholds, fars, tars } = rocCurve(scores);
  const isInside = (rate = 0) => rate > 0 && rate < 1;
  const isDrawn = (_: number, i: number) => isInside(fars[i]) && isInside(tars[i]);
  const drawnFars = fars.filter(isDrawn);
  const drawnFrrs = tars.filter(isDrawn).map((tar) => 1 - tar);
  return {
    thresholds: thresholds.filter(isDrawn),
    fars: drawnFars,
    frrs: drawnFrrs,
    farProbits: drawnFars.map(probit),
    frrProbits: drawnFrrs.map(probit),
  };
}
