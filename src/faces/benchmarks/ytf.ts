/** YouTube Faces: from folders of frames, or from features of frames that were computed before. */
import { readVideoFeatures, readVideoPairs, type VideoPairs, videoFrames } from "../../base/benchmarks/index.ts";
import { OptionError } from "../../base/core/index.ts";
import { type Embeddings, type FlipRule, poolTemplates } from "../../measure/eval/index.ts";
import { meanFrameCosines, verifyFolds, verifyScores } from "../../measure/protocols/index.ts";
import type { DetectionCounts } from "./benchmark-embedder.ts";
import { describeFolds, withoutPairs } from "./fold-protocol.ts";
import { defineProtocol, type ProtocolContext } from "./protocol.ts";

/** Frames that FaceNet compares, the first of each video. */
const FACENET_FRAMES = 100;

/** Embeddings of frames, and the video of each. */
type Frames = DetectionCounts & {
  readonly embeddings: Embeddings;
  readonly videoOf: Uint32Array;
  readonly flip: FlipRule;
};

export const ytf = defineProtocol({
  name: "ytf",
  async score({ images, embeddings: features, pairs, frames, framePairs = false, align = false }, context) {
    const list = await readVideoPairs(pairs);
    const count = frames ?? (framePairs ? FACENET_FRAMES : undefined);
    const choice = { ...(count === undefined ? {} : { count }), isFirst: framePairs };
    const read =
      features === undefined ? embedVideos(images, list, choice, align, context) : readFeatures(features, list, choice);
    const { embeddings, videoOf, flip, ...counts } = await read;
    const verified = framePairs
      ? verifyScores(meanFrameCosines(embeddings, videoOf, list.videos.length, list.pairs), list.pairs, flip)
      : verifyFolds(poolTemplates(embeddings, videoOf), list.pairs, { flip });
    const which = count === undefined ? "all" : framePairs ? `first ${count}` : `${count} evenly spread`;
    const score = framePairs ? "mean cosine of all pairs of frames" : "cosine of mean embeddings";
    return {
      protocol: "ytf",
      ...verified,
      variant: `frames=${which}, videos=${score}, ${verified.variant}`,
      videoCount: list.videos.length,
      frameCount: embeddings.count,
      ...counts,
    };
  },
  describe: ({ videoCount, frameCount, ...result }) => [
    `videos      ${videoCount} with ${frameCount} frames`,
    ...describeFolds(result),
  ],
  toJson: withoutPairs,
});

type Choice = { readonly count?: number; readonly isFirst: boolean };

async function embedVideos(
  folder: string | undefined,
  list: VideoPairs,
  choice: Choice,
  align: boolean,
  { embedder }: ProtocolContext,
): Promise<Frames> {
  if (folder === undefined) throw new OptionError("--protocol ytf needs --images of frames, or --embeddings of them");
  const { videoOf, ...set } = await videoFrames(folder, list, choice);
  const faces = await embedder();
  return { ...(await faces.embed(set, { align, what: "frames" })), videoOf, flip: faces.flip };
}

async function readFeatures(path: string, list: VideoPairs, choice: Choice): Promise<Frames> {
  return { ...(await readVideoFeatures(path, list, choice)), flip: "none" };
}
