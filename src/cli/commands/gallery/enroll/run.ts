import { openFolder } from "../../../../base/data/index.ts";
import { type Enrollment, enroll, type NewPhotograph } from "../../../../faces/people/index.ts";
import { ERROR, POSITIVE } from "../../../exit-codes.ts";
import { isInterruption } from "../../../fail.ts";
import { collectionFor, withGalleryFaces, withNewGallery } from "../../../gallery.ts";
import { interruption } from "../../../interruption.ts";
import {
  clearProgress,
  note,
  noteError,
  notePassedOver,
  print,
  printJson,
  progress,
  summarizePassedOver,
} from "../../../output.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, name: string, root: string): Promise<number> {
  const folder = await openFolder(root);
  notePassedOver(folder.passedOver);
  const { signal } = interruption("writing the faces that are embedded, then stopping: the same command continues");
  const { face, keepCrops = false } = flags;
  let done: Enrollment = { doneCount: 0, enrolledCount: 0, knownCount: 0, leftOut: [], passedOver: [] };
  const onProgress = (state: Enrollment) => {
    done = state;
    progress(`${state.doneCount} of ${folder.sampleCount} photographs`);
  };
  try {
    await withNewGallery(flags, (gallery, settings) =>
      withGalleryFaces(flags, settings, async (faces) => {
        const collection = await collectionFor(gallery, name, faces);
        const options = { faces, face, keepCrops, onProgress, signal };
        done = await enroll(photographsOf(folder), collection.people, options);
      }),
    );
  } catch (error) {
    if (isInterruption(error)) note(`${name}: ${describe(done)} of ${folder.sampleCount} photographs`);
    throw error;
  }
  clearProgress();
  for (const { source, reason, error } of done.leftOut) {
    if (error === undefined) note(`left out: ${source}: ${reason}`, { file: source });
    else noteError(error, source);
  }
  const { enrolledCount, knownCount, leftOut } = done;
  const counts = { photographCount: folder.sampleCount, enrolledCount, knownCount, leftOutCount: leftOut.length };
  if (flags.json) {
    printJson({ collection: name, ...counts, passedOver: summarizePassedOver(folder.passedOver) });
  } else {
    print(`${name}: ${describe(done)}`);
  }
  return leftOut.some(({ error }) => error !== undefined) ? ERROR : POSITIVE;
}

type Folder = Awaited<ReturnType<typeof openFolder>>;

/** The photographs of a folder, each with the name of its person and its path in the folder. */
function* photographsOf(folder: Folder): Generator<NewPhotograph> {
  for (const [index, label] of folder.labels.entries()) {
    const [name, source] = [folder.identityNames[label], folder.relativePath(index)];
    if (name !== undefined) yield { name, photograph: folder.filePath(index), source };
  }
}

function describe({ enrolledCount, knownCount, leftOut }: Enrollment): string {
  return `${enrolledCount} enrolled, ${knownCount} were before, ${leftOut.length} left out`;
}
