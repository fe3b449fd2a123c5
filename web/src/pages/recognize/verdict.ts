import type { IdentifiedFace, Match } from "../../../../src/service/server/contract/index.ts";

/** The part of an answer that the verdict depends on. */
type Answered = Pick<IdentifiedFace, "threshold" | "unknown"> & {
  readonly matches: readonly Pick<Match, "subject" | "score">[];
};

/** What the page says about a face. */
export type Verdict = { readonly title: string; readonly detail: string; readonly isKnown: boolean };

/** A cosine with three decimals and a minus sign; never a percentage. */
export function formatScore(score: number): string {
  return score.toFixed(3).replace("-", "−");
}

/** The photographs that a threshold was measured on: "LFW (844 people, 1,583 photos) and …". */
export function describeSources(sources: NonNullable<IdentifiedFace["sources"]>): string {
  const each = sources.map(({ name, identityCount, imageCount }) => {
    const [people, photos] = [identityCount, imageCount].map((count) => count.toLocaleString("en-US"));
    return `${name} (${people} people, ${photos} photos)`;
  });
  return each.join(" and ");
}

/** A name only if the service accepted the match; "Unknown" is an answer as good as a name. */
export function verdictOf({ matches, threshold, unknown }: Answered): Verdict {
  const [best] = matches;
  if (best === undefined) return { title: "Unknown", detail: "Nobody is enrolled in this collection.", isKnown: false };
  const score = formatScore(best.score);
  if (!unknown) return { title: best.subject, detail: `Score ${score}, above the threshold.`, isKnown: true };
  const detail =
    threshold === null
      ? `Most alike: ${best.subject}, score ${score}.`
      : `The most alike, ${best.subject}, scores ${score}: below the threshold of ${formatScore(threshold)}.`;
  return { title: "Unknown", detail, isKnown: false };
}
