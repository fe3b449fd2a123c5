import {
  bulletList,
  factTable,
  formatCount,
  formatDuration,
  type Html,
  html,
  note,
  paragraph,
  type ReportSection,
} from "../../../measure/report/index.ts";
import type { Assessment } from "../assessment.ts";
import type { CopyPair, ImageNumber } from "../check-folder.ts";
import { LEAST_TIMED } from "../latency.ts";
import { imageText } from "./text.ts";

/** Photographs that a list names before it only counts. */
const NAMED = 8;

/** What the folder holds, and what needs a look. */
export function dataSection({ data, latency, machine, model, detector }: Assessment): ReportSection {
  const counted = (count: number, of: number) => `${formatCount(count)} of ${formatCount(of)}`;
  return {
    title: "The photographs",
    body: [
      factTable([
        { label: "People", value: formatCount(data.personCount) },
        { label: "Photographs", value: formatCount(data.imageCount) },
        {
          label: "Measured",
          value: `${formatCount(data.measuredImageCount)} photographs of ${formatCount(data.measuredPersonCount)} people, ${formatCount(data.pairedPersonCount)} of them with two or more`,
        },
        { label: "People with one image", value: counted(data.singlePersonCount, data.personCount) },
        { label: "No face found", value: counted(data.withoutFace.length, data.imageCount) },
        { label: "Several faces", value: counted(data.withSeveralFaces.length, data.imageCount) },
        { label: "Unreadable", value: counted(data.unreadable.length, data.imageCount) },
        { label: "Exact copies", value: formatCount(data.copies.filter(({ isExact }) => isExact).length) },
        { label: "Near copies", value: formatCount(data.copies.filter(({ isExact }) => !isExact).length) },
        { label: "Network", value: html`<code>${model}</code>` },
        { label: "Detector", value: detector ?? "none: aligned crops" },
        {
          label: "Time for a photograph",
          value:
            latency === null
              ? `not given: fewer than ${LEAST_TIMED + 1} photographs can be read`
              : `${formatDuration(latency.median)} median, ${formatDuration(latency.p95)} 95th percentile, to find and embed its faces; ${formatDuration(latency.decodingMedian)} median to decode it (${formatCount(latency.photographCount)} photographs one after another${machine === null ? "" : `, ${machine}`})`,
        },
      ]),
      ...lookAt(data),
      paragraph(
        "A photograph counts with its main face: the largest, unless it lies far from the middle. Of a file that a person has twice, one is measured.",
      ),
    ],
  };
}

function lookAt(data: Assessment["data"]): Html[] {
  const shared = data.copies.filter(({ isSamePerson }) => !isSamePerson);
  const items = [
    listed("No face was found in", data.withoutFace),
    listed("Several faces were found in", data.withSeveralFaces),
    listed("Unreadable:", data.unreadable),
    copiesText(
      "Near copies of one person make genuine pairs too easy:",
      data.copies.filter(({ isExact, isSamePerson }) => !isExact && isSamePerson),
    ),
    ...data.passedOver.map(({ reason, count }) => `Passed over: ${formatCount(count)} × ${reason}.`),
  ].filter((item) => item !== undefined);
  return [
    ...(shared.length === 0
      ? []
      : [
          note(
            [
              copiesText("The same photograph lies in the folders of two people, one of which is wrong:", shared) ?? "",
              "Such pairs count as impostor pairs of a high score until they are corrected.",
            ],
            "warning",
          ),
        ]),
    ...(items.length === 0 ? [] : [bulletList(items)]),
  ];
}

function listed(what: string, images: readonly ImageNumber[]): string | undefined {
  if (images.length === 0) return undefined;
  return `${what} ${shorten(images.map(imageText))}.`;
}

function copiesText(what: string, copies: readonly CopyPair[]): string | undefined {
  if (copies.length === 0) return undefined;
  return `${what} ${shorten(copies.map(({ left, right }) => `${imageText(left)} and ${imageText(right)}`))}.`;
}

function shorten(texts: readonly string[]): string {
  const rest = texts.length - NAMED;
  return texts.slice(0, NAMED).join("; ") + (rest > 0 ? `; and ${formatCount(rest)} more` : "");
}
