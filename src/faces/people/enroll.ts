/** Enrollment of a stream of photographs, such that the same call continues an earlier one that was interrupted. */
import { stat } from "node:fs/promises";
import {
  type CancelSignal,
  CosfaceError,
  DatasetError,
  describeValue,
  FaceError,
  OptionError,
  requireInteger,
  requireKnownKeys,
} from "../../base/core/index.ts";
import { openFolder } from "../../base/data/index.ts";
import type { PassedOver } from "../../base/files/index.ts";
import { encodeImage } from "../../base/image/index.ts";
import {
  type EmbeddedFace,
  type FacePipeline,
  type FaceRule,
  mainFace,
  type Photograph,
  type PhotographFaces,
  photographPath,
  readPhotograph,
  readPhotographBytes,
  requireFaceRule,
} from "../face/index.ts";
import { openPeople } from "./folder-people.ts";
import { digestOf } from "./kept-embeddings.ts";
import type { NewFace, PeopleStore } from "./people-store.ts";
import { requireModelOf, requirePeople } from "./require-model.ts";
import { type FacesChoice, withFaces } from "./use-faces.ts";

/** A photograph of a person. */
export type NewPhotograph = {
  /** The person's name. */
  readonly name: string;
  readonly photograph: Photograph;
  /** What reports call the photograph; default its path. */
  readonly source?: string;
};

/** A photograph that was not enrolled, and why. */
export type LeftOutPhotograph = {
  readonly source: string;
  readonly reason: string;
  /** The error, where the photograph could not be read; undefined where it has no face, or several. */
  readonly error?: CosfaceError;
};

/** How far an enrollment is, in photographs. */
export type Enrollment = {
  readonly doneCount: number;
  /** Photographs whose face is new in the store. */
  readonly enrolledCount: number;
  /** Photographs that had been enrolled for their person before. */
  readonly knownCount: number;
  readonly leftOut: readonly LeftOutPhotograph[];
  /** Files of a folder that are not photographs of a person, and why; `describePassedOver` makes a line of them. */
  readonly passedOver: readonly PassedOver[];
};

/** How photographs are enrolled. */
export type EnrollOptions = FacesChoice & {
  /** Which face of a photograph is meant; default "only": a photograph of several faces is left out. */
  readonly face?: FaceRule;
  /** Keep the aligned crop of each face, from which another model can embed it later; default false. */
  readonly keepCrops?: boolean;
  /** Photographs in one write: as many embeddings are lost when the process is killed. Default 100. */
  readonly batchSize?: number;
  /** Called after each photograph. */
  readonly onProgress?: (progress: Enrollment) => void;
  /** Ends the call with the signal's reason, after faces that are embedded already have been written. */
  readonly signal?: CancelSignal;
};

/** Photographs to enroll: one, several, or the path of a folder with a subfolder for each person. */
export type PhotographsToEnroll = NewPhotograph | Iterable<NewPhotograph> | AsyncIterable<NewPhotograph> | string;

/**
 * Enrolls photographs: `await enroll({ name: "Ann", photograph: "ann.jpg" }, "family/")`. A photograph that has been
 * enrolled for its person before is skipped, so that the same call continues what was interrupted.
 *
 * @param people a store of people, or the path of a folder with a subfolder for each person, which is created if
 *   missing.
 * @returns counts, and the photographs of a list or a folder that were left out: without a face, with several, or
 *   unreadable.
 * @throws {FaceError} when a single photograph shows no face, or several and `face` is "only".
 * @throws {ImageError} when a single photograph cannot be read.
 * @throws {DatasetError} when a folder to enroll holds no photographs.
 * @throws {GalleryError} when the people were enrolled with another model.
 * @throws {OptionError} for a value that is not a photograph of a person, and an option that does not exist.
 */
export async function enroll(
  photographs: PhotographsToEnroll,
  people: PeopleStore | string,
  options: EnrollOptions = {},
): Promise<Enrollment> {
  requireKnownKeys("options of enroll", options, {
    faces: true,
    face: true,
    keepCrops: true,
    batchSize: true,
    onProgress: true,
    signal: true,
  });
  if (options.face !== undefined) requireFaceRule(options.face);
  if (options.batchSize !== undefined) requireInteger("batchSize", options.batchSize, 1);
  requirePeople(people);
  if (typeof photographs !== "string" && !isIterable(photographs)) requireUnread(photographs);
  return withFaces(options, async (faces) => {
    const store = typeof people === "string" ? await openPeople(people, faces, { create: true }) : people;
    requireModelOf(store, faces.embedder);
    const enrollment = await new EnrollmentRun(store, faces, options).run(photographs);
    const [single] = isSingle(photographs) ? enrollment.leftOut : [];
    if (single === undefined) return enrollment;
    const { source, reason, error } = single;
    throw error ?? new FaceError(`${source}: ${reason}`);
  });
}

/** A photograph that is not read yet. */
type Unread = { readonly source: string; readonly name: string; readonly read: () => Promise<Uint8Array> };

/** A photograph whose bytes are read. */
type ReadPhotograph = {
  readonly source: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  sourceDigest: string;
};

const DEFAULT_BATCH = 100;

class EnrollmentRun {
  readonly #store: PeopleStore;
  readonly #faces: FacePipeline;
  readonly #options: EnrollOptions;
  #doneCount = 0;
  #enrolledCount = 0;
  #knownCount = 0;
  readonly #leftOut: LeftOutPhotograph[] = [];
  readonly #passedOver: PassedOver[] = [];

  constructor(store: PeopleStore, faces: FacePipeline, options: EnrollOptions) {
    this.#store = store;
    this.#faces = faces;
    this.#options = options;
  }

  async run(photographs: PhotographsToEnroll): Promise<Enrollment> {
    const { batchSize = DEFAULT_BATCH, face = "only", signal } = this.#options;
    const results = this.#faces.stream(this.#missing(photographs, batchSize), async ({ bytes }) => bytes, {
      ...(signal === undefined ? {} : { signal }),
      ...(face === "largest" && {
        choose: (found, image) => [mainFace(found, image)].filter((main) => main !== undefined),
      }),
    });
    let batch: NewFace[] = [];
    try {
      for await (const result of results) {
        const newFace = await this.#faceOf(result);
        if (newFace !== undefined) batch.push(newFace);
        if (batch.length >= batchSize) {
          await this.#write(batch);
          batch = [];
        }
        this.#report();
      }
    } finally {
      if (batch.length > 0) await this.#write(batch);
    }
    this.#report();
    return this.#progress();
  }

  /** Photographs that are not enrolled yet, until the caller interrupts. */
  async *#missing(photographs: PhotographsToEnroll, batchSize: number): AsyncGenerator<ReadPhotograph> {
    const { signal } = this.#options;
    let batch: ReadPhotograph[] = [];
    for await (const unread of this.#list(photographs)) {
      if (signal?.aborted) return;
      const read = await this.#read(unread);
      if (read !== undefined) batch.push(read);
      if (batch.length < batchSize) continue;
      yield* await this.#unknown(batch);
      batch = [];
    }
    yield* await this.#unknown(batch);
  }

  async #unknown(batch: readonly ReadPhotograph[]): Promise<ReadPhotograph[]> {
    const areKnown = await this.#store.areEnrolled(batch);
    const unknown = batch.filter((_, index) => areKnown[index] !== true);
    this.#knownCount += batch.length - unknown.length;
    this.#doneCount += batch.length - unknown.length;
    return unknown;
  }

  async *#list(photographs: PhotographsToEnroll): AsyncGenerator<Unread> {
    if (typeof photographs === "string") yield* this.#listFolder(photographs);
    else if (isIterable(photographs)) {
      for await (const photograph of photographs) yield toUnread(photograph);
    } else yield toUnread(photographs);
  }

  async *#listFolder(root: string): AsyncGenerator<Unread> {
    if ((await stat(root).catch(() => undefined))?.isFile()) {
      throw new OptionError(
        "photographs: got the path of a file, expected { name, photograph }, several of them, or the path of a folder",
      );
    }
    const folder = await openFolder(root);
    this.#passedOver.push(...folder.passedOver);
    try {
      for (const [index, label] of folder.labels.entries()) {
        const name = folder.identityNames[label] ?? "";
        const read = async () => {
          this.#requireFolderOf(name);
          return folder.readBytes(index);
        };
        yield { name, source: folder.relativePath(index), read };
      }
    } finally {
      await folder.close();
    }
  }

  /** One folder with a name that no person can have must not keep the others out. */
  #requireFolderOf(name: string): void {
    try {
      this.#store.requireName?.(name);
    } catch (cause) {
      if (!(cause instanceof OptionError)) throw cause;
      throw new DatasetError(`the folder cannot name a person: ${cause.message}`, { cause });
    }
  }

  async #read({ name, source, read }: Unread): Promise<ReadPhotograph | undefined> {
    try {
      const bytes = await read();
      return { source, name, bytes, sourceDigest: digestOf(bytes) };
    } catch (error) {
      if (!(error instanceof CosfaceError) || error instanceof OptionError) throw error;
      this.#doneCount++;
      this.#leftOut.push({ source, reason: error.message, error });
      return undefined;
    }
  }

  async #faceOf({ item, ...result }: PhotographFaces<ReadPhotograph>): Promise<NewFace | undefined> {
    this.#doneCount++;
    const { source, name, bytes, sourceDigest } = item;
    if (result.error !== undefined) {
      this.#leftOut.push({ source, reason: result.error.message, error: result.error });
      return undefined;
    }
    const [face, ...others] = result.faces;
    if (face === undefined || others.length > 0) {
      const several = `${others.length + 1} faces: crop it, or take the largest face (--face largest)`;
      this.#leftOut.push({ source, reason: face === undefined ? "no face" : several });
      return undefined;
    }
    return { name, sourceDigest, embedding: face.embedding, photograph: bytes, ...(await this.#cropOf(face)) };
  }

  async #cropOf({ crop }: EmbeddedFace): Promise<Pick<NewFace, "crop">> {
    return this.#options.keepCrops ? { crop: await encodeImage(crop, { format: "jpeg" }) } : {};
  }

  async #write(batch: readonly NewFace[]): Promise<void> {
    const newCount = await this.#store.enroll(batch);
    this.#enrolledCount += newCount;
    this.#knownCount += batch.length - newCount;
  }

  #report(): void {
    this.#options.onProgress?.(this.#progress());
  }

  #progress(): Enrollment {
    const [doneCount, enrolledCount, knownCount] = [this.#doneCount, this.#enrolledCount, this.#knownCount];
    return { doneCount, enrolledCount, knownCount, leftOut: this.#leftOut, passedOver: this.#passedOver };
  }
}

function isSingle(photographs: PhotographsToEnroll): photographs is NewPhotograph {
  return typeof photographs !== "string" && !isIterable(photographs);
}

function isIterable(value: object): value is Iterable<NewPhotograph> | AsyncIterable<NewPhotograph> {
  return typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

function requireUnread(value: NewPhotograph): void {
  const isPhotograph =
    typeof value === "object" && value !== null && typeof value.name === "string" && "photograph" in value;
  if (!isPhotograph) {
    throw new OptionError(
      `photographs: got ${describeValue(value)}, expected { name, photograph }, several of them, or the path of a folder`,
    );
  }
}

function toUnread(value: NewPhotograph): Unread {
  requireUnread(value);
  const { name, photograph, source = photographPath(photograph) ?? "photograph" } = value;
  return { name: name.normalize("NFC"), source, read: () => encodedBytes(photograph) };
}

/** The bytes of the file; a decoded image is encoded. */
async function encodedBytes(photograph: Photograph): Promise<Uint8Array> {
  const bytes = await readPhotographBytes(photograph);
  return bytes ?? encodeImage(await readPhotograph(photograph), { format: "png" });
}
