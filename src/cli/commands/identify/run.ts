import { OptionError } from "../../../base/core/index.ts";
import type { FacePipeline } from "../../../faces/face/index.ts";
import {
  type ChosenThreshold,
  chooseThreshold,
  type FolderPeople,
  type IdentifiedFace,
  identifyAll,
  type KnownPeople,
  openNegatives,
  openPeople,
  type PeopleStore,
  type PersonMatch,
} from "../../../faces/people/index.ts";
import { type Embeddings, expectedFpir } from "../../../measure/eval/index.ts";
import { ERROR, POSITIVE } from "../../exit-codes.ts";
import { withGallery } from "../../gallery.ts";
import { given } from "../../given.ts";
import { listImages, photographOf } from "../../image-inputs.ts";
import { interruption } from "../../interruption.ts";
import { formatRate } from "../../options/shared.ts";
import { clearProgress, formatPercent, note, noteError, notePassedOver, print, progress } from "../../output.ts";
import { describeThreshold, thresholdOptionsOf, withRecognition } from "../../recognition.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, paths: readonly string[]): Promise<number> {
  if (flags.gallery === undefined && flags.collection === undefined) {
    throw new OptionError("got no people to search among, expected --gallery FOLDER or --collection NAME");
  }
  const { files } = await listImages(paths);
  const { signal } = interruption("printing the faces that are identified, then stopping");
  return withRecognition(flags, async (faces) => {
    const chosen = await chooseThreshold(faces.embedder, thresholdOptionsOf(flags));
    if (!flags.json) for (const line of describeThreshold(chosen)) note(line);
    return withPeople(flags, faces, signal, async ({ people, negatives, known }) => {
      if (known !== undefined) noteFpir(known, chosen);
      const { threshold } = chosen;
      const options = { faces, threshold, limit: flags.limit, signal, ...given({ negatives }) };
      let exitCode = POSITIVE;
      for await (const { item, ...result } of identifyAll(files, photographOf, people, options)) {
        if (result.error !== undefined) {
          noteError(result.error, item);
          exitCode = ERROR;
          continue;
        }
        if (result.faces.length === 0) note(`${item}: no face`, { file: item });
        for (const face of result.faces) print(describe(item, { ...face, ...chosen }, flags));
      }
      return exitCode;
    });
  });
}

/** The people to search among; `known` where they are a folder's. */
type Searched = {
  readonly people: PeopleStore;
  readonly negatives: ReadonlyMap<string, Embeddings> | undefined;
  readonly known?: KnownPeople;
};

/** Opens the collection or the folder that the flags name, calls `use`, and closes it. */
async function withPeople<Result>(
  flags: Flags,
  faces: FacePipeline,
  signal: AbortSignal,
  use: (searched: Searched) => Promise<Result>,
): Promise<Result> {
  const { collection, gallery: folder, cache } = flags;
  if (collection === undefined) {
    const people = await openFolder({ ...flags, gallery: folder ?? "" }, faces, signal);
    return use({ people, negatives: undefined, known: people.known });
  }
  const { data, databaseUrl, encryptionKeyFile, config } = flags;
  return withGallery(given({ data, databaseUrl, encryptionKeyFile, config }), async (gallery) => {
    const { people } = await gallery.collection(collection);
    const negatives = flags.negatives && (await openNegatives(flags.negatives, faces, { cache, signal }));
    return use({ people, negatives: negatives || undefined });
  });
}

/** The people of the gallery's folder; photographs that are left out are named on stderr. */
async function openFolder(
  { gallery, negatives, cache }: Flags & { readonly gallery: string },
  faces: FacePipeline,
  signal: AbortSignal,
): Promise<FolderPeople> {
  const onProgress = (done: number, total: number) => progress(`${done} of ${total} photographs of known people`);
  const people = await openPeople(gallery, faces, { cache, onProgress, signal, ...given({ negatives }) });
  clearProgress();
  notePassedOver(people.passedOver);
  for (const { file, reason } of people.skipped) note(`left out: ${file}: ${reason}`, { file });
  return people;
}

function noteFpir(known: KnownPeople, { far, threshold }: ChosenThreshold): void {
  const { falsePositiveCount, searchCount } = known.searchNonMates(threshold);
  const expected =
    far === null
      ? ""
      : `; by FAR ${formatRate(far)}, an unknown face gets a name in ${formatPercent(expectedFpir(far, known.templateCount), 1)} of searches`;
  note(
    `of ${searchCount} known faces searched among the other people at ${threshold.toFixed(3)}, ${falsePositiveCount} got a wrong name${expected}`,
  );
}

function describe(image: string, face: IdentifiedFace, { json }: Flags): string {
  const { box, name, matches, nearestScore, threshold, far, farInterval, sources, model } = face;
  if (json) {
    const meaning = { threshold, far, farInterval, sources, model };
    return JSON.stringify({ image, box, name, matches, nearestScore, ...meaning });
  }
  return `${image}: ${matches.map(describeMatch).join(", ") || `unknown (nearest ${nearestScore.toFixed(3)})`}`;
}

function describeMatch({ name, score, template }: PersonMatch): string {
  return `${name} (${score.toFixed(3)}, ${typeof template === "number" ? `photograph ${template + 1}` : template})`;
}
