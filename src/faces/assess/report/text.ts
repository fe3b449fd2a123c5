/** Rates, intervals and photographs in the words of the report. */
import type { Interval } from "../../../measure/eval/index.ts";
import { formatCosine, formatPercent, formatRate, type Html, html } from "../../../measure/report/index.ts";
import type { ImageNumber } from "../check-folder.ts";

/** A rate with its interval, for a cell of a table: "1.2 % (0.9 % to 1.6 %)". */
export function rateCell(rate: number, { low, high }: Interval): Html {
  return withInterval(formatRate(rate), `${formatRate(low)} to ${formatRate(high)}`);
}

/** A threshold with its interval, for a cell: "0.929 (0.927 to 0.931)"; an end that the data do not bound is a word. */
export function thresholdCell(threshold: number, { low, high }: Interval): Html {
  const end = (value: number) => (Number.isFinite(value) ? formatCosine(value) : value > 0 ? "above all" : "below all");
  return withInterval(formatCosine(threshold), `${end(low)} to ${end(high)}`);
}

/** On a narrow screen the interval goes below the number. */
function withInterval(number: string, interval: string): Html {
  return html`${number} <span class="interval">(${interval})</span>`;
}

/** The interval of 1 − rate. */
export function complement({ low, high }: Interval): Interval {
  return { low: 1 - high, high: 1 - low };
}

/** "95 %". */
export function confidenceText(confidence: number): string {
  return formatPercent(confidence, Number.isInteger(Math.round(confidence * 1e6) / 1e4) ? 0 : 1);
}

/** "person 12, image 3", and the file where it is named. */
export function imageText({ person, image, file }: ImageNumber): string {
  const numbers = `person ${person}, image ${image}`;
  return file === undefined ? numbers : `${numbers}: ${file}`;
}
