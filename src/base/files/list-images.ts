/**
 * Lists the image files below folders. Every command and reader that takes a folder of photographs lists it here, so
 * that all of them take the same files and can report what they did not take.
 *
 * - A file is an image if its first bytes say so, whatever its name. A file with an image's ending and other bytes is
 * listed too:
 *   it was meant as an image, and decoding it says what it really is.
 * - Folders are read to a depth of {@link MAX_DEPTH}. Names that start with a dot belong to the system: nothing below
 *   them is listed, but folders and images among them are reported.
 * - Each real file and folder counts once. Links are followed after everything else, so that a file keeps its own
 * name where
 *   both are below the folder, and a link back into the folder adds nothing.
 * - Names are normalized to Unicode's composed form (NFC) and sorted by code unit, folder by folder: the same on
 * every machine.
 */
import { type BigIntStats, closeSync, type Dirent, openSync, readSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { requireKind } from "../core/index.ts";
import { FORMAT_BYTES, fileKind, imageFormat } from "./image-format.ts";

/** Folders below a listed folder that are read: a file may lie in `a/b/…` with this many folders before it. */
export const MAX_DEPTH = 16;

/** An image file. */
export type ImageFile = {
  /** Path to open it by. */
  readonly path: string;
  /**
   * Its name in its folder: the path relative to the listed folder, with `/`, in NFC. A file listed by itself: as
   * given.
   */
  readonly name: string;
};

/** A file, link or folder that is not listed. */
export type PassedOver = {
  /** As in {@link ImageFile}. It may hold a person's name: not for logs. */
  readonly name: string;
  /** A phrase that names the kind of thing it is, such as "dangling link"; equal for equal kinds. */
  readonly reason: string;
};

/** What was found below some paths. */
export type ImageListing = {
  readonly images: readonly ImageFile[];
  readonly passedOver: readonly PassedOver[];
};

/** Lists images below folders, and files that are named themselves, in the order of the paths. */
export async function listImages(paths: string | readonly string[]): Promise<ImageListing> {
  for (const path of typeof paths === "string" ? [paths] : listed(paths)) requireKind("path", path, "a text");
  const walk = new Walk();
  for (const path of typeof paths === "string" ? [paths] : paths) await walk.root(path);
  return walk.listing;
}

function listed(paths: readonly string[]): readonly string[] {
  requireKind("paths", paths, "a list");
  return paths;
}

const MISSING = "missing file";

/** Whether a file or folder that was to be listed does not exist. */
export function isMissing(path: string, passedOver: readonly PassedOver[]): boolean {
  return passedOver.some(({ name, reason }) => name === path && reason === MISSING);
}

/**
 * One line about what was passed over, with up to `exampleCount` names for each reason (0 where names of people must
 * not be shown), or undefined if nothing was: "3 passed over: 2 HEIC images (ann/1.heic, ann/2.heic), 1 dangling link
 * (bob/x.jpg)".
 */
export function describePassedOver(passedOver: readonly PassedOver[], exampleCount = 3): string | undefined {
  requireKind("files that were passed over", passedOver, "a list");
  if (passedOver.length === 0) return undefined;
  const namesOf = new Map<string, string[]>();
  for (const { name, reason } of passedOver) {
    const names = namesOf.get(reason);
    if (names === undefined) namesOf.set(reason, [name]);
    else names.push(name);
  }
  const kinds = [...namesOf].map(([reason, names]) => {
    const examples = names.slice(0, exampleCount).join(", ") + (names.length > exampleCount ? ", …" : "");
    return `${names.length} × ${reason}${exampleCount === 0 ? "" : ` (${examples})`}`;
  });
  return `${passedOver.length} passed over: ${kinds.join("; ")}`;
}

/** Endings of files that are meant as images. */
const IMAGE_ENDING = /\.(jpe?g|jfif|png|webp|gif|tiff?|bmp|pgm|ppm|pnm)$/i;

/** Entries between which other work of the process gets its turn. */
const TURN = 500;

/** A place below a root: its path on the disk, and its names in NFC. */
type Place = { readonly path: string; readonly names: readonly string[] };

class Walk {
  readonly #images: ImageFile[] = [];
  readonly #passedOver: PassedOver[] = [];
  /** Device and inode of each file and folder that was met. */
  readonly #met = new Set<string>();
  #count = 0;

  get listing(): ImageListing {
    return { images: this.#images, passedOver: this.#passedOver };
  }

  /** Adds a file, or everything below a folder. */
  async root(path: string): Promise<void> {
    const found: Found = { images: [], passedOver: [], links: [] };
    const place: Place = { path, names: [] };
    const status = statusOf(path, MISSING);
    if (typeof status === "string") found.passedOver.push({ name: path, reason: status });
    else if (this.#isAgain(status)) found.passedOver.push({ name: path, reason: AGAIN });
    else if (status.isDirectory()) await this.#folder(place, found);
    else if (!status.isFile()) found.passedOver.push({ name: path, reason: SPECIAL });
    else this.#images.push({ path, name: path });
    // Links may lead to folders with further links, which join the list while it is walked.
    for (const link of found.links) await this.#entry(link, "dangling link", found);
    if (typeof status !== "string" && status.isDirectory() && found.images.length + found.passedOver.length === 0) {
      found.passedOver.push({ name: path, reason: "folder without images" });
    }
    this.#images.push(...found.images.sort(byNames).map(({ path, names }) => ({ path, name: names.join("/") })));
    this.#passedOver.push(...found.passedOver.sort((a, b) => compare(a.name, b.name)));
  }

  async #folder(folder: Place, found: Found): Promise<void> {
    if (folder.names.length > MAX_DEPTH) return pass(folder, `deeper than ${MAX_DEPTH} folders`, found);
    const entries = await readdir(folder.path, { withFileTypes: true }).catch(systemCode);
    if (typeof entries === "string") return pass(folder, `folder that cannot be read (${entries})`, found);
    for (const entry of entries) {
      const place: Place = {
        path: join(folder.path, entry.name),
        names: [...folder.names, entry.name.normalize("NFC")],
      };
      if (entry.name.startsWith(".")) {
        const reason = hiddenKind(place.path, entry);
        if (reason !== undefined) pass(place, reason, found);
        continue;
      }
      if (entry.isSymbolicLink()) found.links.push(place);
      else await this.#entry(place, "file that has vanished", found);
    }
  }

  async #entry(place: Place, ifMissing: string, found: Found): Promise<void> {
    if (++this.#count % TURN === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    const status = statusOf(place.path, ifMissing);
    if (typeof status === "string") return pass(place, status, found);
    if (this.#isAgain(status)) return pass(place, AGAIN, found);
    if (status.isDirectory()) return this.#folder(place, found);
    if (!status.isFile()) return pass(place, SPECIAL, found);
    const start = firstBytes(place.path);
    if (typeof start === "string") pass(place, start, found);
    else if (imageFormat(start) !== undefined || IMAGE_ENDING.test(place.path)) found.images.push(place);
    else pass(place, fileKind(start), found);
  }

  #isAgain({ dev, ino }: BigIntStats): boolean {
    const identity = `${dev}:${ino}`;
    const isAgain = this.#met.has(identity);
    this.#met.add(identity);
    return isAgain;
  }
}

/** What one root gave so far. */
type Found = { readonly images: Place[]; readonly passedOver: PassedOver[]; readonly links: Place[] };

const AGAIN = "second name of a file or folder that is listed";
const SPECIAL = "neither file nor folder";

/** What a name with a dot hides: a folder or an image, which a person may miss; undefined for files of the system. */
function hiddenKind(path: string, entry: Dirent): string | undefined {
  if (entry.isDirectory()) return "hidden folder";
  const start = entry.isFile() ? firstBytes(path) : "";
  return typeof start !== "string" && imageFormat(start) !== undefined ? "hidden image" : undefined;
}

function pass({ path, names }: Place, reason: string, { passedOver }: Found): void {
  passedOver.push({ name: names.length === 0 ? path : names.join("/"), reason });
}

/**
 * Follows links. A text says why there is nothing. Synchronous: one file takes microseconds, and promises several
 * times that.
 */
function statusOf(path: string, ifMissing: string): BigIntStats | string {
  try {
    return statSync(path, { bigint: true });
  } catch (cause) {
    const code = systemCode(cause);
    if (code === "ENOENT") return ifMissing;
    if (code === "ELOOP") return "link to itself";
    return `file that cannot be read (${code})`;
  }
}

/** The start of a file, or why it cannot be read. */
function firstBytes(path: string): Uint8Array | string {
  const bytes = new Uint8Array(FORMAT_BYTES);
  try {
    const file = openSync(path, "r");
    try {
      return bytes.subarray(0, readSync(file, bytes));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    return `file that cannot be read (${systemCode(cause)})`;
  }
}

function systemCode(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
}

/** By the names of folders and file, one after the other. */
function byNames(a: Place, b: Place): number {
  for (const [i, name] of a.names.entries()) {
    const other = b.names[i];
    if (other === undefined) return 1;
    if (name !== other) return compare(name, other);
  }
  return a.names.length === b.names.length ? compare(a.path, b.path) : -1;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
