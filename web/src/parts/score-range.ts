/** The part of the cosines that a scale shows: all scores and the threshold, with room at both ends. */

/** Ends of a scale, in [−1, 1], and the distance of its ticks. */
export type ScoreRange = { readonly low: number; readonly high: number; readonly step: number };

/** Distances between ticks, and the narrowest scale. */
const STEPS = [0.02, 0.05, 0.1, 0.2, 0.5];
const NARROWEST = 0.08;
/** Most ticks before the next larger step is taken. */
const MOST_TICKS = 6;

/** The smallest range between ticks that holds the scores with room at both ends; all cosines without a score. */
export function scoreRange(scores: readonly number[]): ScoreRange {
  if (scores.length === 0) return { low: -1, high: 1, step: 0.5 };
  const [least, most] = [Math.min(...scores), Math.max(...scores)];
  const room = Math.max(NARROWEST - (most - least), 0.2 * (most - least)) / 2;
  const ends = (step: number) => ({
    low: Math.max(-1, rounded(Math.floor((least - room) / step) * step)),
    high: Math.min(1, rounded(Math.ceil((most + room) / step) * step)),
    step,
  });
  const ranges = STEPS.map(ends);
  return ranges.find(({ low, high, step }) => (high - low) / step <= MOST_TICKS) ?? ends(0.5);
}

/** Where a score is on the scale: 0 at its low end, 1 at its high end. Scores beyond an end are at that end. */
export function positionOf(score: number, { low, high }: ScoreRange): number {
  return (Math.min(high, Math.max(low, score)) - low) / (high - low);
}

/** The ticks of a scale. */
export function ticksOf({ low, high, step }: ScoreRange): number[] {
  const count = Math.round((high - low) / step);
  return Array.from({ length: count + 1 }, (_, i) => rounded(low + i * step)).filter((tick) => tick <= high);
}

const rounded = (value: number) => Math.round(value * 100) / 100;
