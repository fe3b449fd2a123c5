import type { Match } from "../../../src/service/server/contract/index.ts";
import { positionOf, type ScoreRange, scoreRange, ticksOf } from "./score-range.ts";

type ScoreScaleProps = { readonly matches: readonly Match[]; readonly threshold: number | null };

/** Scores and threshold on a scale that is as wide as they are; the text beside it states the same. */
export function ScoreScale({ matches, threshold }: ScoreScaleProps) {
  const range = scoreRange([...matches.map(({ score }) => score), ...(threshold === null ? [] : [threshold])]);
  const left = (score: number) => ({ left: percent(score, range) });
  return (
    <div class="scale" aria-hidden="true">
      <div class="scale-bar">
        {threshold !== null && <div class="scale-accepted" style={left(threshold)} />}
        {threshold !== null && <div class="scale-threshold" style={left(threshold)} />}
        {matches.map(({ subject, score }, rank) => (
          <div
            key={subject}
            class={`scale-score ${threshold !== null && score >= threshold ? "accepted" : ""} ${rank === 0 ? "best" : ""}`}
            style={left(score)}
          />
        ))}
      </div>
      <div class="scale-ticks">
        {ticksOf(range).map((tick) => (
          <span key={tick} style={left(tick)}>
            {tick.toFixed(2).replace("-", "−")}
          </span>
        ))}
      </div>
    </div>
  );
}

const percent = (score: number, range: ScoreRange) => `${100 * positionOf(score, range)}%`;
