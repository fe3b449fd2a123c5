/**
 * Identification, 1:N: a probe is compared with all gallery embeddings, and each enrolled identity gets the score of its
 * best one. What the metrics need of that is three numbers for each probe, so that no matrix of scores is kept.
 */
import { OptionError } from "../../base/core/index.ts";
import { cosineOf, dotProduct, type Embeddings, squaredLengths } from "./embeddings.ts";

/** Embeddings, and whose each is. */
export type LabeledEmbeddings = {
  readonly embeddings: Embeddings;
  /** An identity for each row: any numbers, the same in probes and gallery. */
  readonly identities: ArrayLike<number>;
};

/** What became of each probe. A mate is the probe's own identity in the gallery. */
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
 * which scores all alike, finds nobody.
 *
 * @throws {OptionError} when the gallery is empty, sizes or counts differ, or a row is not finite (the message names it).
 */
export function searchGallery(probes: LabeledEmbeddings, gallery: LabeledEmbeddings): SearchOutcomes {
  const probeSquares = squaredLengths("searchGallery: probes", probes.embeddings);
  const gallerySquares = squaredLengths("searchGallery: gallery", gallery.embeddings);
  requireLabels("probes", probes);
  requireLabels("gallery", gallery);
  const { size } = gallery.embeddings;
  if (probes.embeddings.size !== size) {
    throw new OptionError(`searchGallery: got ${probes.embeddings.size}-d probes, expected the gallery's ${size}-d`);
  }
  if (gallery.embeddings.count === 0) throw new OptionError("searchGallery: got an empty gallery");
  const places = new Map<number, number>();
  const placeOfRow = Uint32Array.from({ length: gallery.embeddings.count }, (_, row) => {
    const identity = gallery.identities[row]!;
    if (!places.has(identity)) places.set(identity, places.size);
    return places.get(identity)!;
  });
  const probeCount = probes.embeddings.count;
  const ranks = new Uint32Array(probeCount);
  const mateScores = new Float32Array(probeCount).fill(Number.NaN);
  const topScores = new Float32Array(probeCount);
  const scores = new Float32Array(places.size);
  for (let probe = 0; probe < probeCount; probe++) {
    scores.fill(-1);
    for (let row = 0; row < placeOfRow.length; row++) {
      const place = placeOfRow[row]!;
      const product = dotProduct(probes.embeddings.data, probe * size, gallery.embeddings.data, row * size, size);
      scores[place] = Math.max(scores[place]!, cosineOf(product, probeSquares[probe]!, gallerySquares[row]!));
    }
    topScores[probe] = scores.reduce((highest, score) => Math.max(highest, score));
    const mate = places.get(probes.identities[probe]!);
    if (mate === undefined) continue;
    mateScores[probe] = scores[mate]!;
    // The mate itself is one of those that score at least as high as it.
    for (const score of scores) if (score >= scores[mate]!) ranks[probe]!++;
  }
  return { identityCount: places.size, ranks, mateScores, topScores };
}

function requireLabels(what: string, { embeddings, identities }: LabeledEmbeddings): void {
  if (identities.length !== embeddings.count) {
    throw new OptionError(`searchGallery: got ${identities.length} identities for ${embeddings.count} ${what}`);
  }
}
