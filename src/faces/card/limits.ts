/** What a model is not for, and its weaknesses that were measured. */
import type { EmbedderContract } from "../embedder/index.ts";
import { builtInProvenance } from "./provenance.ts";

/** The limits that every embedder has, and those that follow from what is missing. */
export function limitsOfEveryModel({
  contract,
  training,
  groups,
}: {
  readonly contract: EmbedderContract;
  readonly training: { readonly identityCount: number } | null;
  readonly groups: readonly unknown[] | null;
}): string[] {
  const [height, width] = contract.inputSize;
  return [
    "A score is a cosine, not a probability. It means something only beside a threshold that was measured for this id.",
    "It does not tell a living face from a photograph or a screen held into the camera: do not let it open something alone.",
    "It was not tested for decisions about people in law enforcement, at borders, at work or in public space.",
    "Siblings and twins score far above the average impostors that a FAR describes.",
    `The input has ${height}×${width} pixels: a smaller face is enlarged, and loses what tells people apart.`,
    ...(groups === null
      ? ["Error rates by group (age, sex, skin type, origin) are not known: nobody measured them."]
      : []),
    ...(training === null
      ? []
      : [
          `It was trained on ${training.identityCount.toLocaleString("en-US")} people: it knows the differences that are among them.`,
        ]),
  ];
}

/** Weaknesses of a model that npm installs. */
export function builtInLimits(id: string): string[] {
  if (builtInProvenance(id) === undefined) return [];
  return [
    "Its cosines are high: different people reach 0.9, so a round number such as 0.5 accepts everybody.",
    "The false accept rate of one threshold differs between sources of photographs by a factor of two to three.",
    "Its alignment template was chosen on the same 1,200 pairs of LFW as the accuracy here, which is optimistic.",
  ];
}
