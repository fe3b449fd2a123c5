/** Enrollment of a folder, one subfolder for each person; a second run continues where the first was interrupted. */
import { createHash } from "node:crypto";
import { NotFoundError } from "../../../../base/core/index.ts";
import type { FolderDataset } from "../../../../base/data/index.ts";
import { decodeImage, encodeImage } from "../../../../base/image/index.ts";
import { embeddingLength } from "../../../../faces/embedder/index.ts";
import { type FacePipeline, mainFace, type PhotographFaces } from "../../../../faces/face/index.ts";
import type { Collection, Gallery, NewTemplate } from "../../../../service/gallery/index.ts";
import { interruption } from "../../../interruption.ts";
import { note } from "../../../output.ts";
import type { Flags } from "./options.ts";

/** A photograph of a person. */
type Photograph = {
  readonly index: number;
  readonly file: string;
  readonly subject: string;
  readonly sourceDigest: string;
};

/** Templates in one transaction: as many embeddings as are lost when the process is killed. */
export const TRANSACTION_SIZE = 100;

/** The collection of this name, made for the pipeline's model if missing. */
export async function collectionFor(gallery: Gallery, name: string, { embedder }: FacePipeline): Promise<Collection> {
  try {
    return await gallery.collection(name);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    return gallery.createCollection({ name, model: embedder.id, size: embeddingLength(embedder.contract) });
  }
}

/** Turns a folder's photographs into templates, and counts them. */
export class FolderEnrollment {
  doneCount = 0;
  /** Photographs that were enrolled before. */
  knownCount = 0;
  leftOutCount = 0;
  /** Whether a photograph could not be read. */
  hasUnreadable = false;
  readonly #folder: FolderDataset;
  readonly #collection: Collection;
  readonly #pipeline: FacePipeline;
  readonly #flags: Pick<Flags, "face" | "keepCrops">;
  readonly #interrupted = interruption("writing what is embedded, then stopping: the same command continues").signal;

  constructor(
    folder: FolderDataset,
    collection: Collection,
    pipeline: FacePipeline,
    flags: Pick<Flags, "face" | "keepCrops">,
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

  /** Photographs that are not enrolled yet, until the process is asked to stop. */
  async *#missing(): AsyncGenerator<Photograph> {
    for (let from = 0; from < this.#folder.sampleCount; from += TRANSACTION_SIZE) {
      const count = Math.min(TRANSACTION_SIZE, this.#folder.sampleCount - from);
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
    const [subject = file] = file.split("/");
    return { index, file, subject, sourceDigest };
  }

  async #templateOf(result: PhotographFaces<Photograph>): Promise<NewTemplate | undefined> {
    const { file, sourceDigest, subject } = result.item;
    if (result.error !== undefined) {
      this.hasUnreadable = true;
      this.#leaveOut(file, result.error.message);
      return undefined;
    }
    const [face, ...others] = result.faces;
    if (face === undefined || others.length > 0) {
      const found = face === undefined ? "no face" : `${others.length + 1} faces: crop it, or give --face largest`;
      this.#leaveOut(file, found);
      return undefined;
    }
    const thumbnail = this.#flags.keepCrops ? await encodeImage(face.crop, { format: "jpeg" }) : undefined;
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
