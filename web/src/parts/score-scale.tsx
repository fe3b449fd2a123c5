import type { Match } from "../service/answers.ts";

/** The part of the cosines that is drawn: faces of different people rarely score below. */
const LOW = -0.2;
const HIGH = 1;

type ScoreScaleProps = { readonly matches: readonly Match[]; readonly threshold: number | null };

/** Scores on the scale of cosines, with the threshold; what it shows is said in text beside it. */
export function ScoreScale({ matches, threshold }: ScoreScaleProps) {
  return (
    <div class="scale" aria-hidden="true">
      <div class="scale-bar">
        {threshold !== null && <div class="scale-accepted" style={{ left: placeOf(threshold) }} />}
        {threshold !== null && <div class="scale-threshold" style={{ left: placeOf(threshold) }} />}
        {matches.map(({ subject, score }, rank) => (
          <div
            key={subject}
            class={`scale-score ${threshold !== null && score >= threshold ? "accepted" : ""} ${rank === 0 ? "best" : ""}`}
            style={{ left: placeOf(score) }}
          />
        ))}
      </div>
      <div class="scale-ticks">
        {[0, 0.5, 1].map((tick) => (
          <span key={tick} style={{ left: placeOf(tick) }}>
            {tick}
          </span>
        ))}
      </div>
    </div>
  );
}

/** Where a score stands on the scale, from its left end; scores beyond the ends stand at them. */
export function placeOf(score: number): string {
  return `${(100 * (Math.min(HIGH, Math.max(LOW, score)) - LOW)) / (HIGH - LOW)}%`;
}
