/** Celebrities in Frontal-Profile: both tests, whose images are embedded once. */
import { cfpTests, listedImages, readCfpPairs } from "../../base/benchmarks/index.ts";
import { verifyFolds } from "../../measure/protocols/index.ts";
import { describeDetection } from "./describe-verification.ts";
import { describeTest, embedForRule, withoutPairs } from "./fold-protocol.ts";
import { defineProtocol } from "./protocol.ts";

export const cfp = defineProtocol({
  name: "cfp",
  async score({ images, pairs, ...options }, { embedder }) {
    const listed = await readCfpPairs(pairs);
    const set = await listedImages(images, [...listed.FF, ...listed.FP]);
    const { embeddings, options: rule, ...counts } = await embedForRule(await embedder(), set, options);
    const pairsOf = { FF: set.pairs.slice(0, listed.FF.length), FP: set.pairs.slice(listed.FF.length) };
    const tests = cfpTests.map((test) => ({ test, ...verifyFolds(embeddings, pairsOf[test], rule) }));
    return { protocol: "cfp", variant: tests[0]?.variant ?? "", tests, ...counts };
  },
  describe: ({ tests, variant, ...counts }) => [
    ...tests.flatMap((result) => describeTest(`CFP-${result.test}`, result)),
    `variant     ${variant}`,
    ...describeDetection(counts),
  ],
  toJson: ({ tests, ...rest }) => ({ ...rest, tests: tests.map(withoutPairs) }),
});
