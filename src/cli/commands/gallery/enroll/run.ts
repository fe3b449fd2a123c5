import { openFolder } from "../../../../base/data/index.ts";
import { ERROR, POSITIVE } from "../../../exit-codes.ts";
import { openGalleryFaces, withNewGallery } from "../../../gallery.ts";
import { clearProgress, print, printJson, progress } from "../../../output.ts";
import { collectionFor, FolderEnrollment, TRANSACTION_SIZE } from "./folder-enrollment.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, name: string, root: string): Promise<number> {
  const folder = await openFolder(root);
  return withNewGallery(flags, async (gallery, settings) => {
    const pipeline = await openGalleryFaces(flags, settings);
    try {
      const collection = await collectionFor(gallery, name, pipeline);
      const enrollment = new FolderEnrollment(folder, collection, pipeline, flags);
      const { enrolledCount } = await collection.enrollMany(enrollment.templates(), {
        batchSize: TRANSACTION_SIZE,
        onProgress: () => progress(`${enrollment.doneCount} of ${folder.sampleCount} photographs`),
      });
      clearProgress();
      const { knownCount, leftOutCount } = enrollment;
      const photographCount = folder.sampleCount;
      if (flags.json) printJson({ collection: name, photographCount, enrolledCount, knownCount, leftOutCount });
      else print(`${name}: ${enrolledCount} enrolled, ${knownCount} were before, ${leftOutCount} left out`);
      return enrollment.hasUnreadable ? ERROR : POSITIVE;
    } finally {
      await pipeline.close();
    }
  });
}
