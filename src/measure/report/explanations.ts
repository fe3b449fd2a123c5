/** What the numbers of a report mean and do not mean, in words for a reader who has not met them before. */
import { bulletList, paragraph } from "./blocks.ts";
import { formatCount, formatNumber, formatPercent, formatRate } from "./format.ts";
import { type Html, html } from "./html.ts";

/** How a score is to be read. */
export function explainScore(): Html[] {
  return [
    paragraph(
      html`The network turns an aligned face into an <b>embedding</b>, a list of numbers of length 1. The <b>score</b> of two
faces is the cosine of the angle between their embeddings: 1 for the same direction, 0 for unrelated ones, never above 1
or below −1. Higher is more alike.`,
    ),
    bulletList([
      html`<b>A score is a cosine, not a probability.</b> 0.6 does not mean “60 % sure”, and twice the score is not twice as
alike.`,
      html`<b>A score alone decides nothing.</b> It takes a threshold: pairs at or above it are accepted. A threshold belongs
to one model, one way to crop the face and one way to combine flips; taken over from another model it is worth nothing.`,
      html`<b>A high score is no proof of identity.</b> Relatives, children and people from groups that are rare in the
training data score higher with each other than strangers do on average.`,
      html`<b>There is always a most similar face.</b> The best match in a gallery may still be the wrong person: a search
needs a threshold below which the answer is “nobody”.`,
    ]),
  ];
}

/** What is needed to explain a verification's rates with its own numbers. */
export type VerificationCounts = {
  readonly pairCount: number;
  readonly impostorCount: number;
  readonly foldCount: number;
};

/** What accuracy, TAR@FAR, EER and AUC say, for a verification with these numbers of pairs. */
export function explainVerification({ pairCount, impostorCount, foldCount }: VerificationCounts): Html {
  const galleryFar = 0.001;
  const gallerySize = 1000;
  const falseAlarm = 1 - (1 - galleryFar) ** gallerySize;
  return bulletList([
    html`<b>Accuracy ± deviation</b>: the share of the ${formatCount(pairCount)} pairs decided rightly, each fold with the
threshold that is best on the other ${formatCount(foldCount - 1)}; ± is the standard deviation over the folds. About half
of the pairs show the same person. In use nearly all comparisons are between strangers, so this number does not tell how
often an application errs.`,
    html`<b>FAR</b>, the false accept rate: the share of pairs of different people that are accepted. <b>TAR@FAR</b>: the
share of pairs of the same person that are accepted at the lowest threshold that keeps the FAR. An application is set up
by these.`,
    html`<b>A search multiplies the FAR.</b> Each face is compared with everybody in the gallery: at a FAR of
${formatRate(galleryFar)} and ${formatCount(gallerySize)} people, a stranger is taken for somebody in about
${formatPercent(falseAlarm, 0)} of all searches, were the comparisons independent.`,
    html`<b>Few pairs say little about rare errors.</b> With ${formatCount(impostorCount)} impostor pairs the smallest FAR
that can be seen is ${formatRate(1 / impostorCount)}, and seeing none accepted shows only that the FAR is below
${formatRate(3 / impostorCount)} (at 95 % confidence).`,
    html`<b>EER</b>: the error rate where as many strangers are accepted as right people are rejected; lower is better.
<b>AUC</b>: the chance that a pair of the same person scores higher than a pair of strangers; ${formatNumber(1)} is best,
0.5 is guessing.`,
  ]);
}

/** What the curves of a training run say. */
export function explainCurves(): Html {
  return bulletList([
    html`<b>Loss</b> is what training lowers. Losses of different kinds, scales or margins cannot be compared: a margin makes
the task harder on purpose.`,
    html`<b>Training accuracy</b>: how often the nearest class center, by plain cosine without margin, is the right one, on
images just trained on. It tells whether the network learns, not how it does on new people.`,
    html`<b>Verification accuracy</b> is measured on people who should not be in the training data. Only this says how
the embedding carries over.`,
  ]);
}
