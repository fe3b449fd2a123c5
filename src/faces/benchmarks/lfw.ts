/** Labeled Faces in the Wild, and every list of pairs in its format. */
import { lfwImages, readLfwPairs } from "../../base/data/index.ts";
import { type VerificationResult, verifyTenFold } from "../../measure/eval/index.ts";
import type { DetectionCounts } from "./benchmark-embedder.ts";
import { describeDetection, describeVerification } from "./describe-verification.ts";
import { defineProtocol } from "./protocol.ts";

type LfwResult = VerificationResult & DetectionCounts;

export const lfw = defineProtocol({
  name: "lfw",
  async score({ images, pairs, centering = false, align = false }, { embedder }): Promise<LfwResult> {
    const set = await lfwImages(images, await readLfwPairs(pairs));
    const faces = await embedder();
    const { embeddings, ...counts } = await faces.embed(set, { align });
    return {
      ...verifyTenFold(embeddings, set.pairs, { flip: faces.flip, centering, protocol: "lfw" }),
      ...counts,
    };
  },
  describe: (result) => [...describeVerification(result), ...describeDetection(result)],
  toJson: ({ genuineScores, impostorScores, ...rest }) => rest,
});
