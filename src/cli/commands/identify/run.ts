import { embedFolder, type FolderFaces, KnownPeople, type KnownPerson } from "../../../faces/people/index.ts";
import { type Embeddings, expectedFpir } from "../../../measure/eval/index.ts";
import { ERROR, POSITIVE } from "../../exit-codes.ts";
import { listImages, readImage } from "../../image-inputs.ts";
import { formatRate } from "../../options/shared.ts";
import { clearProgress, formatPercent, note, print, progress } from "../../output.ts";
import { decide, facesOrNote, noteSkipped, openRecognition } from "../../recognition.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, paths: readonly string[]): Promise<number> {
  const { gallery, negatives, limit, cache, json } = flags;
  const images = await listImages(paths);
  const pipeline = await openRecognition(flags);
  let exitCode = POSITIVE;
  try {
    const decision = await decide(flags, pipeline.embedder.id);
    const onProgress = (done: number, total: number) => progress(`${done} of ${total} photographs of known people`);
    const known = await embedFolder(gallery, pipeline, { cache, onProgress });
    clearProgress();
    noteSkipped(known);
    const others = negatives === undefined ? undefined : await embedFolder(negatives, pipeline, { cache });
    const people = new KnownPeople(peopleOf(known, others), known.embeddings.size);
    noteFpir(people, decision.far, decision.threshold);
    for await (const result of pipeline.stream(images, readImage)) {
      const faces = facesOrNote(result);
      if (faces === undefined) exitCode = ERROR;
      if (faces?.length === 0) note(`${result.item}: no face`);
      for (const { box, embedding } of faces ?? []) {
        const { name, matches, nearestScore } = people.identify(embedding, { threshold: decision.threshold, limit });
        const line = { image: result.item, box, name, matches, nearestScore, ...decision, model: pipeline.embedder.id };
        const named = matches.map(describeMatch).join(", ") || `unknown (nearest ${nearestScore.toFixed(3)})`;
        print(json ? JSON.stringify(line) : `${result.item}: ${named}`);
      }
    }
  } finally {
    await pipeline.close();
  }
  return exitCode;
}

/** The people with a face in some photograph, each with the negatives in the folder of the same name. */
function peopleOf(known: FolderFaces, others: FolderFaces | undefined): KnownPerson[] {
  return known.names.flatMap((name, person) => {
    const templates = rowsOf(known, person);
    if (templates.count === 0) return [];
    const negatives = others && rowsOf(others, others.names.indexOf(name));
    return [{ name, templates, ...(negatives !== undefined && negatives.count > 0 && { negatives }) }];
  });
}

function rowsOf({ embeddings: { size, data }, identities }: FolderFaces, person: number): Embeddings {
  const rows = Array.from(identities).flatMap((identity, row) => (identity === person ? [row] : []));
  const picked = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) picked.set(data.subarray(row * size, (row + 1) * size), i * size);
  return { count: rows.length, size, data: picked };
}

function noteFpir(people: KnownPeople, far: number | null, threshold: number): void {
  const { falsePositiveCount, searchCount } = people.searchNonMates(threshold);
  const expected =
    far === null
      ? ""
      : `; expected of ${people.templateCount} independent comparisons at FAR ${formatRate(far)}: ${formatPercent(expectedFpir(far, people.templateCount), 1)}`;
  note(
    `unknown people named as one of ${people.personCount} people at ${threshold.toFixed(3)}: ${falsePositiveCount} of ${searchCount} searches within the gallery${expected}`,
  );
}

function describeMatch({ name, score, template }: { name: string; score: number; template: number | string }): string {
  return `${name} (${score.toFixed(3)}, ${typeof template === "number" ? `photograph ${template + 1}` : template})`;
}
