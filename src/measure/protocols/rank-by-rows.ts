/**
 * Closed-set identification by gallery rows, as TinyFace counts it: a search is a hit at rank k when any of the
 * person's gallery images is among the k best rows. Unlike in {@link searchGallery}, several images of one other person
 * take several ranks.
 * @see Cheng et al., Low-Resolution Face Recognition (TinyFace), ACCV 2018
 * @see CVLface, `evaluations/tinyface`: https://github.com/mk-minchul/CVLface
 */
import { OptionError, requireInteger, requireKnownKeys, requireObject } from "../../base/core/index.ts";
import {
  CosineScan,
  type HighestCosinesOptions,
  highestCosines,
  type LabeledEmbeddings,
  requireLabels,
} from "../eval/index.ts";
import type { RankRate } from "./template-identification.ts";

/** The result of a closed-set identification by rows. */
export type RowIdentification = {
  /** Probes with a mate in the gallery: the others are left out. */
  readonly probeCount: number;
  readonly unmatedCount: number;
  readonly galleryCount: number;
  readonly ranks: readonly RankRate[];
};

/** What to measure. */
export type RowIdentificationOptions = Pick<HighestCosinesOptions, "threads" | "onProgress"> & {
  /** Default 1, 5 and 20. */
  readonly ranks?: readonly number[];
};

/**
 * The share of probes with any mate among the k rows with the highest cosines, by both rules for ties: a row of another
 * person that ties with the best mate ranks before it (strict) or behind it (lenient).
 *
 * @throws {OptionError} when no probe has a mate, counts or sizes differ, or a row is not finite.
 */
export async function identifyByRows(
  probes: LabeledEmbeddings,
  gallery: LabeledEmbeddings,
  given: RowIdentificationOptions = {},
): Promise<RowIdentification> {
  requireKnownKeys("options of identifyByRows", given, { ranks: true, threads: true, onProgress: true });
  const { ranks = [1, 5, 20], ...options } = given;
  requireObject("probes", probes);
  requireObject("gallery", gallery);
  requireObject("probes", probes.embeddings);
  requireObject("gallery", gallery.embeddings);
  for (const rank of ranks) requireInteger("rank", rank, 1);
  requireLabels("probes", probes);
  requireLabels("gallery rows", gallery);
  const rowsOf = new Map<number, number[]>();
  for (const [row, identity] of Array.from(gallery.identities).entries()) {
    const rows = rowsOf.get(identity);
    if (rows === undefined) rowsOf.set(identity, [row]);
    else rows.push(row);
  }
  const searches = Array.from(probes.identities).map((identity, probe) => ({ probe, mates: rowsOf.get(identity) }));
  const mated = searches.flatMap(({ probe, mates }) => (mates === undefined ? [] : [{ probe, mates }]));
  if (mated.length === 0) throw new OptionError("no probe has a mate in the gallery, expected at least one");
  // Rows up to the best mate at the highest rank: fewer of others than that rank, and mates.
  const mostMates = mated.reduce((most, { mates }) => Math.max(most, mates.length), 0);
  const neighborCount = Math.max(...ranks) + mostMates;
  const found = await highestCosines(probes.embeddings, gallery.embeddings, { ...options, neighborCount });
  const [probeScan, galleryScan] = [
    new CosineScan("probes", probes.embeddings),
    new CosineScan("gallery", gallery.embeddings),
  ];
  const width = found.neighborCount;
  const ahead = mated.map(({ probe, mates }) => {
    const mateScore = mates.reduce((best, row) => {
      const [cosine = Number.NaN] = galleryScan.cosines(probeScan, probe, row, row + 1);
      return Math.max(best, Math.fround(cosine));
    }, -1);
    const isMate = new Set(mates);
    let [strict, lenient] = [0, 0];
    for (let i = probe * width; i < (probe + 1) * width; i++) {
      if (isMate.has(found.rows[i]!)) continue;
      if (found.scores[i]! >= mateScore) strict++;
      if (found.scores[i]! > mateScore) lenient++;
    }
    return { strict, lenient };
  });
  const share = (rank: number, rule: "strict" | "lenient") =>
    ahead.filter((counts) => counts[rule] < rank).length / ahead.length;
  return {
    probeCount: mated.length,
    unmatedCount: searches.length - mated.length,
    galleryCount: gallery.embeddings.count,
    ranks: ranks.map((rank) => ({ rank, strict: share(rank, "strict"), lenient: share(rank, "lenient") })),
  };
}
