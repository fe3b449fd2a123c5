import { OptionError } from "../../base/core/index.ts";
import {
  type CrossPairsOptions,
  calibratePeople,
  crossPairsByProduct,
  type LabeledEmbeddings,
  type OperatingPoint,
  type PeopleThreshold,
  type Refusal,
  requireRates,
  shareForCalibration,
  tarAtHighest,
} from "../eval/index.ts";

/** TAR at one FAR over all pairs. */
export type AllPairsPoint = {
  readonly far: number;
  /** The lowest threshold whose FAR is at most `far`, with Wilson's interval, which takes pairs as independent. */
  readonly strict: OperatingPoint | Refusal;
  /** The same threshold with intervals by people; a refusal where too few people are there to measure the rate. */
  readonly byPeople: PeopleThreshold | Refusal;
};

/** The result of comparing every image with every other. */
export type AllPairsResult = {
  readonly imageCount: number;
  readonly identityCount: number;
  readonly genuineCount: number;
  readonly impostorCount: number;
  readonly points: readonly AllPairsPoint[];
};

/**
 * Verification over every pair of different images, as it is reported for large labeled sets: TAR at FAR 1e-6 and
 * higher. Scores are cosines in f32.
 *
 * @param fars in (0, 1]; default 1e-6 to 1e-3. Memory grows with the highest: eight times its share of the impostor
 *   pairs is kept, for the intervals.
 * @throws {OptionError} when no person has two images, there is one person alone, or a row is not finite.
 */
export async function verifyAllPairs(
  labeled: LabeledEmbeddings,
  fars: readonly number[] = [1e-6, 1e-5, 1e-4, 1e-3],
  options: CrossPairsOptions = {},
): Promise<AllPairsResult> {
  requireRates(fars);
  const share = fars.reduce((highest, far) => Math.max(highest, shareForCalibration(far)), 0);
  const pairs = await crossPairsByProduct(labeled, share, options);
  const { genuine, impostor, impostorCount, identityCount } = pairs;
  const strict = tarAtHighest({ genuine: genuine.scores, impostor: impostor.scores }, impostorCount, fars);
  const byPeople = calibratePeople(pairs, fars);
  const points = fars.map((far, i): AllPairsPoint => {
    const [wilson, people] = [strict[i], byPeople[i]];
    if (wilson === undefined || people === undefined) throw new OptionError("internal: no point for a rate");
    return { far, strict: wilson, byPeople: people };
  });
  return {
    imageCount: labeled.embeddings.count,
    identityCount,
    genuineCount: genuine.scores.length,
    impostorCount,
    points,
  };
}
