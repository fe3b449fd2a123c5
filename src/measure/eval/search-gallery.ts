/**
 * Identification, 1:N: each probe is compared with all gallery embeddings, and an enrolled identity gets the score of
 * its best embedding. The metrics need only three numbers per probe, so no matrix of scores is kept.
 */
import { OptionError, requireObject } from "../../base/core/index.ts";
import type { Embeddings } from "./embeddings.ts";
import { CosineScan } from "./exact-scan.ts";

/** Embeddings with the identity of each row. */
export type LabeledEmbeddings = {
  readonly embeddings: Embeddings;
  /** An identity for each row: any numbers, the same in probes and gallery. */
  readonly identities: ArrayLike<number>;
};

/** The result of each search. A mate is the probe's own identity in the gallery. */
export type SearchOutcomes = {
  readonly identityCount: number;
  /** 1 + the number of other identities that score at least as high as the mate; 0 for a probe without a mate. */
  readonly ranks: Uint32Array;
  /** Cosine with the mate, NaN for a probe without one. */
  readonly mateScores: Float32Array;
  /** Highest cosine with any identity. */
  readonly topScores: Float32Array;
};

/**
 * Searches the gallery for each probe. An identity's score is the highest of its embeddings; pool them first
 * ({@link poolTemplates}) to compare with templates instead. Ties count against the mate, so that a collapsed network,
 * which gives every pair the same score, identifies nobody.
 *
 * @throws {OptionError} when the gallery is empty, sizes or counts differ, or a row is not finite (the message names
 *   it).
 */
export function searchGallery(probes: LabeledEmbeddings, gallery: LabeledEmbeddings): SearchOutcomes {
  requireObject("probes", probes);
  requireObject("gallery", gallery);
  const probeScan = new CosineScan("probes", probes.embeddings);
  const galleryScan = new CosineScan("gallery", gallery.embeddings);
  requireLabels("probes", probes);
  requireLabels("gallery rows", gallery);
  const { size } = gallery.embeddings;
  if (probes.embeddings.size !== size) {
    throw new OptionError(`got ${probes.embeddings.size}-d probes, expected the gallery's ${size}-d`);
  }
  if (gallery.embeddings.count === 0) throw new OptionError("gallery: got no rows, expected at least one");
  const { indexOf, indices } = denseIdentities(gallery);
  const probeCount = probes.embeddings.count;
  const ranks = new Uint32Array(probeCount);
  const mateScores = new Float32Array(probeCount).fill(Number.NaN);
  const topScores = new Float32Array(probeCount);
  const scores = new Float32Array(indexOf.size);
  for (const [probe, identity] of Array.from(probes.identities).entries()) {
    scores.fill(-1);
    const cosines = galleryScan.cosines(probeScan, probe);
    for (let row = 0; row < cosines.length; row++) {
      const index = indices[row]!;
      scores[index] = Math.max(scores[index]!, cosines[row]!);
    }
    topScores[probe] = scores.reduce((highest, score) => Math.max(highest, score));
    const mate = indexOf.get(identity);
    if (mate === undefined) continue;
    const mateScore = scores[mate]!;
    mateScores[probe] = mateScore;
    // The mate itself is one of those that score at least as high as it.
    ranks[probe] = scores.reduce((rank, score) => rank + Number(score >= mateScore), 0);
  }
  return { identityCount: indexOf.size, ranks, mateScores, topScores };
}

/** Identities renumbered 0, 1, … in order of first appearance: the new number of each identity, and of each row. */
export function denseIdentities({ identities }: LabeledEmbeddings): {
  readonly indexOf: ReadonlyMap<number, number>;
  readonly indices: Uint32Array;
} {
  const indexOf = new Map<number, number>();
  const indices = Uint32Array.from(identities, (identity) => {
    const index = indexOf.get(identity) ?? indexOf.size;
    indexOf.set(identity, index);
    return index;
  });
  return { indexOf, indices };
}

/** @throws {OptionError} unless there is one identity for each row. */
export function requireLabels(what: string, { embeddings, identities }: LabeledEmbeddings): void {
  if (identities?.length !== embeddings.count) {
    throw new OptionError(`got ${identities?.length ?? "no"} identities for ${embeddings.count} ${what}`);
  }
}
