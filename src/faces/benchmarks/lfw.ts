/** Labeled Faces in the Wild, and every list of pairs in its format. */
import { OptionError } from "../../base/core/index.ts";
import { type LfwPairs, lfwImages, readLfwPairs, readPeopleGroups } from "../../base/data/index.ts";
import { type ComparedAttribute, comparePairGroups, describeGroups, type PeoplePairs } from "./compare-pair-groups.ts";
import { describeFolds, type ScoredFolds, scoreFolds, withoutPairs } from "./fold-protocol.ts";
import { defineProtocol, type ProtocolResult } from "./protocol.ts";

type LfwResult = ScoredFolds &
  ProtocolResult & {
    /** By attribute of the table of groups, at the mean threshold of the folds. */
    readonly groups?: readonly ComparedAttribute[];
  };

export const lfw = defineProtocol({
  name: "lfw",
  async score({ images, pairs, groups, rule = "exact", ...rest }, context): Promise<LfwResult> {
    if (rest.centering && rule !== "exact") {
      throw new OptionError(`--centering has no effect with --rule ${rule}, expected --rule exact`);
    }
    if (groups !== undefined && rule !== "exact") {
      throw new OptionError(`--groups needs thresholds on cosines: got --rule ${rule}, expected --rule exact`);
    }
    const attributes = groups === undefined ? undefined : await readPeopleGroups(groups);
    const list = await readLfwPairs(pairs);
    const set = await lfwImages(images, list);
    const result = await scoreFolds(set, { rule, ...rest }, context);
    const { folds } = result;
    const threshold = folds.reduce((sum, fold) => sum + fold.threshold / folds.length, 0);
    const compared =
      attributes === undefined ? {} : { groups: comparePairGroups(attributes, peopleOf(list, result), threshold) };
    return { protocol: "lfw", ...result, ...compared };
  },
  describe: (result) => [...describeFolds(result), ...describeGroups(result.groups)],
  toJson: (result) => withoutPairs(result),
});

/** The people of the pairs: the folders of their images. */
function peopleOf({ pairs }: LfwPairs, { genuineScores, impostorScores }: ScoredFolds): PeoplePairs {
  const person = (path: string) => path.replace(/\/.*/, "");
  const impostors = pairs.filter(({ same }) => !same);
  return {
    genuine: { people: pairs.filter(({ same }) => same).map(({ left }) => person(left)), scores: genuineScores },
    impostor: {
      left: impostors.map(({ left }) => person(left)),
      right: impostors.map(({ right }) => person(right)),
      scores: impostorScores,
    },
  };
}
