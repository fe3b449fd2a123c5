/** A folder of photographs as a store of people: one subfolder a person, its photographs their templates. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describeValue, type KnownKeys, OptionError, requireKind, requireKnownKeys } from "../../base/core/index.ts";
import { imageFormat, type PassedOver, writeAtomically } from "../../base/files/index.ts";

import { type Embeddings, normalizeEmbeddings } from "../../measure/eval/index.ts";
import { embeddingLength } from "../embedder/index.ts";
import type { FacePipeline } from "../face/index.ts";
import {
  type EmbedFolderOptions,
  embedFolder,
  embedPhotographs,
  type FolderFaces,
  type SkippedPhotograph,
} from "./embed-folder.ts";
import { digestOf, keepEmbeddings } from "./kept-embeddings.ts";
import { KnownPeople, type KnownPerson } from "./known-people.ts";
import type { IdentifyOptions, NewFace, PeopleStore, PersonIdentification, PhotographSource } from "./people-store.ts";
import { requireFaces } from "./use-faces.ts";

/** How a folder of people is opened. */
export type OpenPeopleOptions = EmbedFolderOptions & {
  /**
   * A folder of the same layout: faces that are not the person whose name the subfolder has, though a network may find
   * them alike.
   */
  readonly negatives?: string;
  /** Create the folder when it is missing, and accept one without photographs; default false. */
  readonly create?: boolean;
};

const openPeopleKeys: KnownKeys<OpenPeopleOptions> = {
  negatives: true,
  create: true,
  cache: true,
  onProgress: true,
  signal: true,
};

/**
 * Opens a folder of known people: the name of a subfolder is the name of the person on its photographs. Each photograph
 * counts with its main face.
 *
 * @param faces networks that embed the photographs; they stay open.
 * @throws {OptionError} for an option that does not exist.
 * @throws {DatasetError} when there is no photograph, unless `create` is set.
 * @throws {FaceError} when no face is found in any photograph, unless `create` is set.
 */
export async function openPeople(
  folder: string,
  faces: FacePipeline,
  options: OpenPeopleOptions = {},
): Promise<FolderPeople> {
  requireKnownKeys("options of openPeople", options, openPeopleKeys);
  requireFaces(faces);
  const { negatives, create = false, ...embedding } = options;
  if (typeof folder !== "string") {
    throw new OptionError(`people: got ${describeValue(folder)}, expected the path of a folder`);
  }
  if (create) await mkdir(folder, { recursive: true });
  const known = await (create ? embedPhotographs : embedFolder)(folder, faces, embedding);
  const others = negatives === undefined ? new Map() : await openNegatives(negatives, faces, embedding);
  return new FolderPeople(folder, faces, known, others, embedding);
}

/**
 * Embeds a folder of negatives, for `identify` among the people of any store: the name of a subfolder is that of the
 * person who is not on its photographs.
 *
 * @throws {DatasetError | FaceError} as {@link openPeople}.
 */
export async function openNegatives(
  folder: string,
  faces: FacePipeline,
  options: EmbedFolderOptions = {},
): Promise<ReadonlyMap<string, Embeddings>> {
  requireKind("folder", folder, "a text");
  requireFaces(faces);
  requireKnownKeys("options of openNegatives", options, { cache: true, onProgress: true, signal: true });
  const rows = new Map<string, Float32Array[]>();
  for (const { name, embedding } of rowsOf(await embedFolder(folder, faces, options))) {
    rows.set(name, [...(rows.get(name) ?? []), embedding]);
  }
  const size = embeddingLength(faces.embedder.contract);
  return new Map([...rows].map(([name, ofPerson]) => [name, joinRows(ofPerson, size)]));
}

/** People of a folder of photographs; {@link openPeople} opens it. */
export class FolderPeople implements PeopleStore {
  readonly model: string;
  readonly size: number;
  /** Photographs that no embedding was computed from, and why. */
  readonly skipped: readonly SkippedPhotograph[];
  /** Files and folders that are not photographs of a person, and why; `describePassedOver` makes a line of them. */
  readonly passedOver: readonly PassedOver[];
  readonly #folder: string;
  readonly #networks: Pick<FacePipeline, "embedder" | "detector">;
  readonly #cache: boolean;
  readonly #negatives: ReadonlyMap<string, Embeddings>;
  /** Embeddings by the digest of their photograph, in the order of the photographs, for each person. */
  readonly #templates = new Map<string, Map<string, Float32Array>>();
  #known: KnownPeople;

  constructor(
    folder: string,
    { embedder, detector }: Pick<FacePipeline, "embedder" | "detector">,
    known: FolderFaces,
    negatives: ReadonlyMap<string, Embeddings>,
    { cache = true }: Pick<OpenPeopleOptions, "cache"> = {},
  ) {
    this.model = embedder.id;
    this.size = embeddingLength(embedder.contract);
    this.skipped = known.skipped;
    this.passedOver = known.passedOver;
    this.#folder = folder;
    this.#networks = { embedder, detector };
    this.#cache = cache;
    for (const { name, digest, embedding } of rowsOf(known)) this.#add(name, digest, embedding);
    this.#negatives = negatives;
    this.#known = this.#search();
  }

  /** The same people as a list in memory. */
  get known(): KnownPeople {
    return this.#known;
  }

  async identify(probe: Float32Array, options: IdentifyOptions): Promise<PersonIdentification> {
    return this.#known.identify(probe, options);
  }

  async areEnrolled(sources: readonly PhotographSource[]): Promise<boolean[]> {
    return sources.map(
      ({ name, sourceDigest }) => this.#templates.get(name.normalize("NFC"))?.has(sourceDigest) ?? false,
    );
  }

  requireName(name: string): void {
    requireFolderName(name);
  }

  /** Writes each photograph into its person's subfolder, under a name that its digest gives. */
  async enroll(faces: readonly NewFace[]): Promise<number> {
    for (const { name } of faces) requireFolderName(name);
    let newCount = 0;
    for (const { name: given, sourceDigest, embedding, photograph } of faces) {
      const name = given.normalize("NFC");
      if (this.#templates.get(name)?.has(sourceDigest)) continue;
      const file = join(this.#folder, name, `${digestOf(photograph).slice(0, 16)}.${endingOf(photograph)}`);
      await writeAtomically(file, [photograph], { mode: 0o600, makeFolder: true });
      const [unit] = splitRows(normalizeEmbeddings({ count: 1, size: this.size, data: embedding }));
      if (unit !== undefined) this.#add(name, sourceDigest, unit);
      newCount++;
    }
    if (newCount > 0) {
      this.#known = this.#search();
      const all = [...this.#templates.values()].flatMap((templates) => [...templates]);
      if (this.#cache) await keepEmbeddings(this.#folder, this.#networks, new Map(all));
    }
    return newCount;
  }

  #add(name: string, digest: string, embedding: Float32Array): void {
    const templates = this.#templates.get(name) ?? new Map<string, Float32Array>();
    templates.set(digest, embedding);
    this.#templates.set(name, templates);
  }

  #search(): KnownPeople {
    const people = [...this.#templates].map(([name, templates]): KnownPerson => {
      const negatives = this.#negatives.get(name);
      return {
        name,
        templates: joinRows([...templates.values()], this.size),
        ...(negatives === undefined ? {} : { negatives }),
      };
    });
    return new KnownPeople(people, this.size);
  }
}

function* rowsOf({ embeddings, identities, names, digests }: FolderFaces) {
  for (const [row, embedding] of splitRows(embeddings).entries()) {
    const [name, digest] = [names[identities[row] ?? -1], digests[row]];
    if (name !== undefined && digest !== undefined) yield { name, digest, embedding };
  }
}

function splitRows({ count, size, data }: Embeddings): Float32Array[] {
  return Array.from({ length: count }, (_, row) => data.subarray(row * size, (row + 1) * size));
}

function joinRows(rows: readonly Float32Array[], size: number): Embeddings {
  const data = new Float32Array(rows.length * size);
  for (const [row, embedding] of rows.entries()) data.set(embedding, row * size);
  return { count: rows.length, size, data };
}

/** The name must not be said in the message: it is a person's. */
function requireFolderName(name: string): void {
  const isFolderName = typeof name === "string" && name !== "" && !/^\.|[/\\\p{Cc}]/u.test(name);
  if (isFolderName) return;
  throw new OptionError(
    "people: this name cannot name a folder: expected one or more characters, none of them / or \\ or a control " +
      "character, and no dot at the beginning",
  );
}

function endingOf(photograph: Uint8Array): string {
  const format = imageFormat(photograph) ?? "jpeg";
  return format === "jpeg" ? "jpg" : format;
}
