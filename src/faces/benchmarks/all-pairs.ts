/** Every pair of a labeled set. */
import { type AllPairsPoint, type AllPairsResult, verifyAllPairs } from "../../measure/protocols/index.ts";
import { formatPercent } from "./describe-verification.ts";
import { embedDataset } from "./embed-dataset.ts";
import { defineProtocol, type ProtocolResult, shareOf } from "./protocol.ts";

export const allpairs = defineProtocol({
  name: "allpairs",
  async score({ images }, context): Promise<AllPairsResult & ProtocolResult> {
    const faces = await context.embedder();
    const labeled = await embedDataset(faces, images, "images");
    const result = await verifyAllPairs(labeled, undefined, {
      ...(context.threads === undefined ? {} : { threads: context.threads }),
      onProgress: shareOf(context, "% of the comparisons"),
    });
    return { ...result, protocol: "allpairs", variant: `flip=${faces.flip}, score=cosine, every pair of images` };
  },
  describe: ({ imageCount, identityCount, genuineCount, impostorCount, points, variant }) => [
    `${imageCount} images of ${identityCount} people, ${genuineCount} genuine and ${impostorCount} impostor pairs`,
    `variant     ${variant}`,
    ...points.map(describePoint),
  ],
});

function describePoint({ far, strict, byPeople }: AllPairsPoint): string {
  const name = `TAR@FAR=${far}`.padEnd(18);
  if (strict.tar === null) return `${name}not measurable: ${strict.reason}`;
  const interval =
    byPeople.tar === null
      ? `no interval: ${byPeople.reason}`
      : `95 % interval by people ${formatPercent(byPeople.tarInterval.low)} to ${formatPercent(byPeople.tarInterval.high)}`;
  return `${name}${formatPercent(strict.tar)} (threshold ${strict.threshold.toFixed(3)}, ${interval})`;
}
