/** Enrollment of a folder, one subfolder a person, such that a second run goes on where the first was broken off. */
import { createHash } from "node:crypto";
import { NotFoundError } from "../base/core/index.ts";
import { type FolderDataset, openFolder } from "../base/data/index.ts";
import { decodeImage, encodeImage } from "../base/image/index.ts";
import { embeddingLength } from "../faces/embedder/index.ts";
import { type FacePipeline, mainFace, type PhotographFaces } from "../faces/face/index.ts";
import type { Collection, Gallery, NewTemplate } from "../service/gallery/index.ts";
import type { Flags } from "./gallery-enroll.ts";
import { openGalleryFaces } from "./gallery-faces.ts";
import { withNewGallery } from "./gallery-options.ts";
import { interruption } from "./interruption.ts";
import { clearProgress, note, print, printJson, progress } from "./output.ts";

/** A photograph of a person. */
type Photograph = {
  readonly index: number;
  readonly file: string;
  readonly subject: string;
  readonly sourceDigest: string;
};

/** Templates in one transaction: as many embeddings as are lost when the process is killed. */
const BATCH = 100;

export async function runEnroll(name: string, root: string, flags: Flags): Promise<void> {
  const folder = await openFolder(root);
  await withNewGallery(flags, async (gallery, settings) => {
    const pipeline = await openGalleryFaces(flags, settings);
    try {
      const collection = await collectionFor(gallery, name, pipeline);
      const enrollment = new FolderEnrollment(folder, collection, pipeline, flags);
      const { enrolledCount } = await collection.enrollMany(enrollment.templates(), {
        batchSize: BATCH,
        onProgress: () => progress(`${enrollment.doneCount} of ${folder.sampleCount} photographs`),
      });
      clearProgress();
      const { knownCount, leftOutCount } = enrollment;
      const summary = {
        collection: name,
        photographCount: folder.sampleCount,
        enrolledCount,
        knownCount,
        leftOutCount,
      };
      if (flags.json) printJson(summary);
      else print(`${name}: ${enrolledCount} enrolled, ${knownCount} were before, ${leftOutCount} left out`);
    } finally {
      await pipeline.close();
    }
  });
}

/** The collection of this name, made for the pipeline's model when missing. */
async function collectionFor(gallery: Gallery, name: string, { embedder }: FacePipeline): Promise<Collection> {
  try {
    return await gallery.collection(name);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    return gallery.createCollection({ name, model: embedder.id, size: embeddingLength(embedder.contract) });
  }
}

/** The way from a folder's photographs to templates, and how far it is. */
class FolderEnrollment {
  doneCount = 0;
  /** Photographs that were enrolled before. */
  knownCount = 0;
  leftOutCount = 0;
  readonly #folder: FolderDataset;
  readonly #collection: Collection;
  readonly #pipeline: FacePipeline;
  readonly #flags: Pick<Flags, "face" | "keepPictures">;
  readonly #interrupted = interruption("writing what is embedded, then stopping: the same command goes on").signal;

  constructor(
    folder: FolderDataset,
    collection: Collection,
    pipeline: FacePipeline,
    flags: Pick<Flags, "face" | "keepPictures">,
  ) {
    this.#folder = folder;
    this.#collection = collection;
    this.#pipeline = pipeline;
    this.#flags = flags;
  }

  async *templates(): AsyncGenerator<NewTemplate> {
    const read = async ({ index }: Photograph) => decodeImage(await this.#folder.readBytes(index));
    const isLargest = this.#flags.face === "largest";
    const results = this.#pipeline.stream(this.#missing(), read, {
      choose: (faces, image) => (isLargest ? [mainFace(faces, image)].filter((face) => face !== undefined) : faces),
    });
    for await (const result of results) {
      this.doneCount++;
      const template = await this.#templateOf(result);
      if (template !== undefined) yield template;
    }
  }

  /** Photographs that are not enrolled yet, until the process is told to stop. */
  async *#missing(): AsyncGenerator<Photograph> {
    for (let from = 0; from < this.#folder.sampleCount; from += BATCH) {
      const count = Math.min(BATCH, this.#folder.sampleCount - from);
      const photographs = await Promise.all(Array.from({ length: count }, (_, i) => this.#photograph(from + i)));
      const known = await this.#collection.areEnrolled(photographs);
      const missing = photographs.filter((_, i) => !known[i]);
      this.knownCount += count - missing.length;
      this.doneCount += count - missing.length;
      for (const photograph of missing) {
        if (this.#interrupted.aborted) return;
        yield photograph;
      }
    }
  }

  async #photograph(index: number): Promise<Photograph> {
    const file = this.#folder.relativePath(index);
    const sourceDigest = createHash("sha256")
      .update(await this.#folder.readBytes(index))
      .digest("hex");
    return { index, file, subject: file.split("/")[0]!, sourceDigest };
  }

  async #templateOf(result: PhotographFaces<Photograph>): Promise<NewTemplate | undefined> {
    const { file, sourceDigest, subject } = result.item;
    if (result.error !== undefined) {
      process.exitCode = 1;
      this.#leaveOut(file, result.error.message);
      return undefined;
    }
    const [face, ...others] = result.faces;
    if (face === undefined || others.length > 0) {
      const found = face === undefined ? "no face" : `${others.length + 1} faces: crop it, or give --face largest`;
      this.#leaveOut(file, found);
      return undefined;
    }
    const thumbnail = this.#flags.keepPictures ? await encodeImage(face.crop, { format: "jpeg" }) : undefined;
    return {
      subject,
      embedding: face.embedding,
      model: this.#pipeline.embedder.id,
      sourceDigest,
      ...(thumbnail !== undefined && { thumbnail }),
    };
  }

  #leaveOut(file: string, reason: string): void {
    this.leftOutCount++;
    note(`left out: ${file}: ${reason}`);
  }
}
