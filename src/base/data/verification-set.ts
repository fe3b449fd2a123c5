import { DatasetError, ImageError, requireFields } from "../core/index.ts";
import { describeReadError } from "../files/index.ts";
import type { RgbImage } from "../image/index.ts";
import { decodeSample } from "./face-dataset.ts";

/** Two images, by index, that show the same person or two people. */
export type VerificationPair = {
  readonly left: number;
  readonly right: number;
  /** Genuine pair (true) or impostor pair (false). */
  readonly same: boolean;
  /** Fold that the pair is tested in, in [0, foldCount). */
  readonly fold: number;
};

/** Pairs for a verification protocol, with the images they name, each once. */
export interface VerificationSet {
  readonly imageCount: number;
  readonly foldCount: number;
  readonly pairs: readonly VerificationPair[];
  /** The origin of image `index` for messages, such as "pairs.txt:17, left": never a person's name. */
  source(index: number): string;
  /** Decodes image `index`. @throws {ImageError} with its source when its bytes are not an image or cannot be read. */
  read(index: number): Promise<RgbImage>;
}

/** A verification set whose images can also be had as the bytes of their files. */
export interface EncodedVerificationSet extends VerificationSet {
  /** The encoded bytes of image `index`. @throws {ImageError} with its source when they cannot be read. */
  readBytes(index: number): Promise<Uint8Array>;
}

/** What differs between formats of verification sets. */
type VerificationParts = Pick<VerificationSet, "foldCount" | "pairs"> & {
  readonly sources: readonly string[];
  readonly readBytes: (index: number) => Promise<Uint8Array>;
};

/** A verification set over encoded images. */
export function verificationSetOf({
  foldCount,
  pairs,
  sources,
  readBytes: readPlain,
}: VerificationParts): EncodedVerificationSet {
  const source = (index: number): string => {
    const found = sources[index];
    if (found !== undefined) return found;
    throw new DatasetError(`verification set: got image ${index}, expected less than ${sources.length}`);
  };
  const readBytes = async (index: number): Promise<Uint8Array> => {
    const where = source(index);
    // Without the system's message, which holds the path, and so a person's name.
    return readPlain(index).catch((cause: { readonly code?: string }) => {
      throw new ImageError(`${where}: ${describeReadError(cause)}`);
    });
  };
  return {
    imageCount: sources.length,
    foldCount,
    pairs,
    source,
    readBytes,
    read: async (index) => decodeSample(await readBytes(index), source(index)),
  };
}

/** An image that cannot be read; the reason begins with its source. */
export type UnreadableImage = { readonly index: number; readonly reason: string };

/**
 * Reads every image of a verification set, so that a long run does not fail at its end; returns those that cannot be
 * read.
 */
export async function unreadableImages(set: VerificationSet): Promise<readonly UnreadableImage[]> {
  requireFields("verification set", set, { imageCount: "a number", read: "a function" });
  const unreadable: UnreadableImage[] = [];
  for (let index = 0; index < set.imageCount; index++) {
    await set.read(index).catch((cause: unknown) => {
      if (!(cause instanceof ImageError)) throw cause;
      unreadable.push({ index, reason: cause.message });
    });
  }
  return unreadable;
}
