/** Labeled Faces in the Wild, and every list of pairs in its format. */
import { OptionError } from "../../base/core/index.ts";
import { lfwImages, readLfwPairs } from "../../base/data/index.ts";
import { describeFolds, type ScoredFolds, scoreFolds, withoutPairs } from "./fold-protocol.ts";
import { defineProtocol, type ProtocolResult } from "./protocol.ts";

export const lfw = defineProtocol({
  name: "lfw",
  async score({ images, pairs, rule = "exact", ...rest }, context): Promise<ScoredFolds & ProtocolResult> {
    if (rest.centering && rule !== "exact") {
      throw new OptionError(`--centering has no effect with --rule ${rule}, expected --rule exact`);
    }
    const set = await lfwImages(images, await readLfwPairs(pairs));
    return { protocol: "lfw", ...(await scoreFolds(set, { rule, ...rest }, context)) };
  },
  describe: (result) => describeFolds(result),
  toJson: (result) => withoutPairs(result),
});
