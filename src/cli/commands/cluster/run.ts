import { copyFile, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { type SortedPhotographs, sortPhotographs } from "../../../faces/people/index.ts";
import { ERROR, POSITIVE } from "../../exit-codes.ts";
import { listImages, photographOf } from "../../image-inputs.ts";
import { interruption } from "../../interruption.ts";
import {
  clearProgress,
  formatQuantity,
  noteError,
  print,
  printJson,
  progress,
  summarizePassedOver,
} from "../../output.ts";
import { thresholdOptionsOf, withRecognition } from "../../recognition.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, paths: readonly string[]): Promise<number> {
  const { minimumSize, out, json } = flags;
  const { files, passedOver } = await listImages(paths);
  const { signal } = interruption("stopping without a result");
  const sorted = await withRecognition(flags, (faces) =>
    sortPhotographs(files, photographOf, faces, {
      ...thresholdOptionsOf(flags),
      minimumSize,
      signal,
      onProgress: (done) => progress(`${done} of ${files.length} photographs`),
    }),
  );
  clearProgress();
  for (const { item, error } of sorted.unreadable) noteError(error, item);
  if (out !== undefined) await copyPeople(out, sorted);
  if (json) printJson(toJson(sorted, passedOver));
  else print(...describe(sorted));
  return sorted.unreadable.length > 0 ? ERROR : POSITIVE;
}

/** `OUT/person-001/…`; photographs of the same name from several folders are numbered. */
async function copyPeople(out: string, { people }: SortedPhotographs<string>): Promise<void> {
  for (const [label, faces] of people.entries()) {
    const folder = join(out, `person-${String(label + 1).padStart(3, "0")}`);
    await mkdir(folder, { recursive: true });
    const images = new Set(faces.map(({ item }) => item));
    for (const [i, image] of [...images].entries()) {
      await copyFile(image, join(folder, `${String(i + 1).padStart(3, "0")}-${basename(image)}`));
    }
  }
}

function toJson(sorted: SortedPhotographs<string>, passedOver: Parameters<typeof summarizePassedOver>[0]) {
  const { people, unassigned, unreadable, threshold, far, model } = sorted;
  const facesOf = (faces: typeof unassigned) => faces.map(({ item, box }) => ({ image: item, box }));
  return {
    clusters: people.map(facesOf),
    unassigned: facesOf(unassigned),
    unreadable: unreadable.map(({ item }) => item),
    passedOver: summarizePassedOver(passedOver),
    threshold,
    far,
    model,
  };
}

function describe({ people, unassigned, faceCount }: SortedPhotographs<string>): string[] {
  return [
    ...people.map(
      (faces, label) =>
        `person ${label + 1}, ${formatQuantity(faces.length, "face")}: ${faces.map(({ item }) => item).join(", ")}`,
    ),
    `${formatQuantity(people.length, "person", "people")} in ${formatQuantity(faceCount, "face")}, ${unassigned.length} unassigned`,
  ];
}
