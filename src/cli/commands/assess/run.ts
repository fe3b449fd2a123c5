import { type Assessment, assess, writeAssessment } from "../../../faces/assess/index.ts";
import { given } from "../../given.ts";
import { interruption } from "../../interruption.ts";
import { describeMachine } from "../../machine.ts";
import { formatRate } from "../../options/shared.ts";
import { clearProgress, formatPercent, formatQuantity, print, printJson, progress } from "../../output.ts";
import { withRecognition } from "../../recognition.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, folder: string): Promise<void> {
  const { far, fpir, gallerySize, groups, confidence, repeats, seed, out, json } = flags;
  const { images, names = false, aligned = false, keepEmbeddings, minimumScore, smallestFace } = flags;
  const { signal } = interruption("keeping the embeddings that are computed, then stopping");
  const assessed = await withRecognition(flags, (faces) =>
    assess(folder, {
      faces,
      far,
      fpir,
      confidence,
      repeats,
      seed,
      images,
      names,
      aligned,
      keepEmbeddings,
      signal,
      detection: JSON.stringify(given({ minimumScore, smallestFace })),
      command: commandLine(),
      machine: describeMachine(),
      onProgress: (done, total, what) => progress(`${done} of ${total} ${what}`),
      ...given({ gallerySize, groups }),
    }),
  );
  clearProgress();
  const numbers = await writeAssessment(out, assessed);
  if (json) printJson({ report: out, ...assessed.assessment });
  else print(...describe(assessed.assessment), `written to ${out} and ${numbers}`);
}

/** What was typed, without the paths of Node.js and cosface. */
function commandLine(): string {
  const quote = (word: string) => (/^[\w./:=,-]+$/.test(word) ? word : `'${word}'`);
  return ["cosface", ...process.argv.slice(2).map(quote)].join(" ");
}

function describe({ data, verificationThreshold, searchThreshold, wanted, groups, hardCases }: Assessment): string[] {
  const people = formatQuantity(data.measuredPersonCount, "person", "people");
  return [
    [`${formatQuantity(data.measuredImageCount, "photograph")} of ${people}`, ...leftOut(data)].join("; left out: "),
    row(`1:1 at FMR ${formatRate(wanted.far)}`, verificationText(verificationThreshold)),
    row(`1:N at FPIR ${formatRate(wanted.fpir)}`, searchText(searchThreshold)),
    ...groups.map(({ name, comparison }) =>
      row(
        `groups by ${name}`,
        comparison.groups === null
          ? `refused: ${comparison.reason}`
          : comparison.groups
              .map((group) => `${group.name} FMR ${rateOf(group.fmr)}, FNMR ${rateOf(group.fnmr)}`)
              .join("; "),
      ),
    ),
    ...(hardCases.labels.length === 0
      ? []
      : [
          row(
            "labels to check",
            `${hardCases.labels.length} photographs that are more alike another person than their own`,
          ),
        ]),
  ];
}

/** What is not measured, if anything: one text. */
function leftOut({ imageCount, measuredImageCount, withoutFace, unreadable }: Assessment["data"]): string[] {
  const copies = imageCount - measuredImageCount - withoutFace.length - unreadable.length;
  const parts = [
    [withoutFace.length, "without a face"],
    [unreadable.length, "unreadable"],
    [copies, copies === 1 ? "copy" : "copies"],
  ] as const;
  const texts = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return texts.length === 0 ? [] : [texts.join(", ")];
}

function row(name: string, text: string): string {
  return `${name.padEnd(20)}${text}`;
}

function rateOf(rate: { readonly rate: number | null }): string {
  return rate.rate === null ? "refused" : rate.rate.toExponential(1);
}

function verificationText(found: Assessment["verificationThreshold"]): string {
  if (!("threshold" in found)) return `refused: ${found.reason}`;
  const { threshold, thresholdInterval: interval, tar, tarInterval } = found;
  return `threshold ${threshold.toFixed(3)} (${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}); FNMR ${formatPercent(1 - tar)} (${formatPercent(1 - tarInterval.high)} to ${formatPercent(1 - tarInterval.low)})`;
}

function searchText(found: Assessment["searchThreshold"]): string {
  if (!("falseNegatives" in found)) return `refused: ${found.reason}`;
  const { threshold, thresholdInterval: interval, falseNegatives, gallerySize } = found;
  const { low, high } = falseNegatives.interval;
  return `threshold ${threshold.toFixed(3)} (${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}) among ${gallerySize} people; FNIR ${formatPercent(falseNegatives.rate)} (${formatPercent(low)} to ${formatPercent(high)})`;
}
