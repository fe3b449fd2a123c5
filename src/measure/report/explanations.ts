/** Explanations of the numbers of a report, for a reader who is new to them. */
import { bulletList, paragraph } from "./blocks.ts";
import { formatCount, formatNumber, formatPercent, formatRate } from "./format.ts";
import { type Html, html } from "./html.ts";

/** How to read a score. */
export function explainScore(): Html[] {
  return [
    paragraph(
      html`The network computes an <b>embedding</b> of each aligned face: a vector of length 1. The <b>score</b> of two
faces is the cosine of the angle between their embeddings: 1 for the same direction, about 0 for unrelated faces, never
above 1 or below −1. Higher means more alike.`,
    ),
    bulletList([
      html`<b>A score is a cosine, not a probability.</b> 0.6 does not mean “60 % sure”, and twice the score does not mean
twice as alike.`,
      html`<b>A score needs a threshold.</b> Pairs at or above it are accepted. A threshold is valid for one model, one way to
crop the face and one way to use mirror images. The threshold of another model is useless.`,
      html`<b>A high score does not prove identity.</b> Relatives, children and people from groups that are rare in the training
data score higher with each other than two random people do on average.`,
      html`<b>Every search has a best match.</b> The most similar face in a gallery may still be another person, so a search needs
a threshold below which the answer is “unknown”.`,
    ]),
  ];
}

/** Counts of a verification, for explanations with its own numbers. */
export type VerificationCounts = {
  readonly pairCount: number;
  readonly impostorCount: number;
  readonly foldCount: number;
};

/** Explains accuracy, TAR@FAR, EER and AUC for a verification with these numbers of pairs. */
export function explainVerification({ pairCount, impostorCount, foldCount }: VerificationCounts): Html {
  const galleryFar = 0.001;
  const gallerySize = 1000;
  const falseAlarm = 1 - (1 - galleryFar) ** gallerySize;
  return bulletList([
    html`<b>Accuracy ± deviation</b>: the share of the ${formatCount(pairCount)} pairs decided correctly, each fold with the
threshold that is best on the other ${formatCount(foldCount - 1)}; ± is the standard deviation over the folds. About half
of the pairs show one person twice. In an application nearly all comparisons are between two people, so this number does
not predict its error rate.`,
    html`<b>FAR</b>, the false accept rate: the share of pairs of different people that are accepted. <b>TAR@FAR</b>: the
share of pairs of one person that are accepted at the lowest threshold with that FAR. These two rates decide how an
application is configured.`,
    html`<b>A search multiplies the FAR.</b> Each face is compared with everybody in the gallery. At a FAR of
${formatRate(galleryFar)} and with ${formatCount(gallerySize)} people, about ${formatPercent(falseAlarm, 0)} of the searches
for an unknown person end with a false match, if the comparisons are independent.`,
    html`<b>Rare errors need many pairs.</b> With ${formatCount(impostorCount)} impostor pairs the smallest measurable FAR is
${formatRate(1 / impostorCount)}, and no accepted pair shows only that the FAR is below ${formatRate(3 / impostorCount)}
(at 95 % confidence).`,
    html`<b>EER</b>: the error rate at the threshold where FAR and false reject rate are equal; lower is better. <b>AUC</b>: the
probability that a genuine pair scores higher than an impostor pair; ${formatNumber(1)} is best, 0.5 is guessing.`,
  ]);
}

/** Explains the curves of a training run. */
export function explainCurves(): Html {
  return bulletList([
    html`<b>Loss</b>: the number that training minimizes. Losses of different kinds, scales or margins cannot be compared,
because a margin makes the task harder on purpose.`,
    html`<b>Training accuracy</b>: how often the nearest class center, by cosine without margin, is the correct one, on the
current training batch. It shows whether the network learns, not how well it recognizes new people.`,
    html`<b>Verification accuracy</b>: measured on people who should not be in the training data. Only this shows how well
the embedding generalizes.`,
  ]);
}
