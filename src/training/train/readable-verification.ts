import { DatasetError } from "../../base/core/index.ts";
import {
  type UnreadableImage,
  unreadableImages,
  type VerificationPair,
  type VerificationSet,
} from "../../base/data/index.ts";

/** The part of a verification set that a run can be scored on, and the images that it leaves out. */
export type ReadableVerification = {
  /** Without the pairs of images that cannot be read. */
  readonly set: VerificationSet;
  readonly unreadable: readonly UnreadableImage[];
  /** Pairs that were left out. */
  readonly leftOutPairCount: number;
};

/**
 * Reads every image of a verification set before a run, so that one that cannot be read does not end the run hours
 * later: its pairs are left out.
 *
 * @throws {DatasetError} when a fold would be left without genuine or without impostor pairs.
 */
export async function readableVerification(set: VerificationSet): Promise<ReadableVerification> {
  const unreadable = await unreadableImages(set);
  if (unreadable.length === 0) return { set, unreadable, leftOutPairCount: 0 };
  const broken = new Set(unreadable.map(({ index }) => index));
  const pairs = set.pairs.filter(({ left, right }) => !broken.has(left) && !broken.has(right));
  for (let fold = 0; fold < set.foldCount; fold++) {
    for (const same of [true, false]) {
      const isSuch = (pair: VerificationPair) => pair.fold === fold && pair.same === same;
      if (pairs.some(isSuch) || !set.pairs.some(isSuch)) continue;
      const kind = same ? "genuine" : "impostor";
      throw new DatasetError(
        `verification set: ${unreadable.length} images cannot be read, which leaves fold ${fold + 1} without ${kind} pairs; the first: ${unreadable[0]?.reason}`,
      );
    }
  }
  const kept = [...new Set(pairs.flatMap(({ left, right }) => [left, right]))].sort((a, b) => a - b);
  const newIndex = new Map(kept.map((index, position) => [index, position]));
  const indexOf = (index: number) => newIndex.get(index) ?? index;
  const oldIndex = (index: number) => kept[index] ?? index;
  return {
    set: {
      imageCount: kept.length,
      foldCount: set.foldCount,
      pairs: pairs.map((pair) => ({ ...pair, left: indexOf(pair.left), right: indexOf(pair.right) })),
      source: (index) => set.source(oldIndex(index)),
      read: (index) => set.read(oldIndex(index)),
    },
    unreadable,
    leftOutPairCount: set.pairs.length - pairs.length,
  };
}
