/**
 * The highest of very many cosines: for each probe among gallery rows, and among all pairs of the two. A million rows
 * and a few thousand probes make billions of pairs, too many to score one by one in JavaScript. So the runtime
 * multiplies blocks of rows with all probes and returns only the highest cosine of each group of sixteen rows. Almost
 * every group is below the best found so far and is skipped; the others are scored again by the exact scan, in f64 as
 * everywhere in this folder. The products only select candidates, with an allowance for their rounding, so the result
 * equals that of scoring everything, ties included.
 */
import { OptionError, requireInteger, requireKnownKeys } from "../../base/core/index.ts";
import type { Embeddings } from "./embeddings.ts";
import { CosineScan } from "./exact-scan.ts";
import { HighestScores, type ScoredPair } from "./highest-scores.ts";

/** What to find, and how. */
export type HighestCosinesOptions = {
  /** Best rows to find for each probe; default 1. */
  readonly neighborCount?: number;
  /** Best pairs to find among all, in [0, probes · rows]; default 0. */
  readonly pairCount?: number;
  /** Rows in a block, a multiple of 16; default 1024. */
  readonly blockRows?: number;
  /** Threads of the products; default: all cores. */
  readonly threads?: number;
  /** Called with the share of the work that is done, in [0, 1]. */
  readonly onProgress?: (done: number) => void;
};

/** Pairs of a probe and a gallery row, the highest cosine first. */
export type HighestPairs = {
  readonly scores: Float32Array;
  readonly probes: Uint32Array;
  readonly rows: Uint32Array;
};

/** The highest cosines of probes with gallery rows. */
export type HighestCosines = {
  /** Rows found for each probe: as many as requested, or all rows when there are fewer. */
  readonly neighborCount: number;
  /** u32[probes, neighborCount], the highest cosine first; of equal ones the lower row. */
  readonly rows: Uint32Array;
  /** f32[probes, neighborCount]. */
  readonly scores: Float32Array;
  /** The highest of all pairs; of equal ones the lower probe, then the lower row. */
  readonly pairs: HighestPairs;
};

/** Rows per group: a larger group means fewer maxima to compare, and more rows to score again. */
const GROUP = 16;
/** Probes multiplied at once. */
const PROBES = 4096;

/**
 * Finds the highest cosines by matrix products, exactly. Beside probes, gallery and result it needs memory for the
 * scores of one block with 4096 probes, and for a few times the requested pairs.
 *
 * @throws {OptionError} when there are no probes or no rows, sizes differ, a count is out of range, or a row is not
 *   finite (the message names it).
 */
export async function highestCosines(
  probes: Embeddings,
  gallery: Embeddings,
  options: HighestCosinesOptions = {},
): Promise<HighestCosines> {
  requireKnownKeys("options of highestCosines", options, {
    neighborCount: true,
    pairCount: true,
    blockRows: true,
    threads: true,
    onProgress: true,
  });
  const { neighborCount = 1, pairCount = 0, blockRows = 1024, threads = 0, onProgress = () => {} } = options;
  requireInteger("neighborCount", neighborCount, 1);
  requireInteger("pairCount", pairCount, 0);
  const probeScan = new CosineScan("probes", probes);
  const galleryScan = new CosineScan("gallery", gallery);
  const { size } = gallery;
  if (probes.count === 0 || gallery.count === 0) {
    throw new OptionError(
      `got ${probes.count} probes and ${gallery.count} gallery rows, expected at least one of each`,
    );
  }
  if (probes.size !== size) throw new OptionError(`got ${probes.size}-d probes, expected the gallery's ${size}-d`);
  if (!(blockRows % GROUP === 0 && blockRows > 0)) {
    throw new OptionError(`blockRows: got ${blockRows}, expected a multiple of ${GROUP}`);
  }
  // Loaded here, so that only this search loads the graph compiler and the runtime.
  const { openGroupMaxima } = await import("./group-maxima.ts");
  const scoreGroup = (probe: number, group: number): ScoredPair[] => {
    const from = group * GROUP;
    const cosines = galleryScan.cosines(probeScan, probe, from, Math.min(from + GROUP, gallery.count));
    return Array.from(cosines, (cosine, i) => ({ probe, row: from + i, score: Math.fround(cosine) }));
  };
  const error = productError(size);
  const width = Math.min(neighborCount, gallery.count);
  const found: ScoredPair[] = [];
  const bestPairs = new HighestScores(Math.min(pairCount, probes.count * gallery.count), error, scoreGroup);

  const block = new Float32Array(blockRows * size);
  for (let firstProbe = 0; firstProbe < probes.count; firstProbe += PROBES) {
    const count = Math.min(PROBES, probes.count - firstProbe);
    const chunk = new Float32Array(count * size);
    fillUnitRows(chunk, probeScan, firstProbe);
    const best = Array.from({ length: count }, () => new HighestScores(width, error, scoreGroup));
    // The floor of each probe, in one array: every maximum is compared with it.
    const floors = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
    const sizes = { probeCount: count, rowCount: blockRows, groupSize: GROUP, size };
    const product = await openGroupMaxima({ ...sizes, threads });
    try {
      for (let firstRow = 0; firstRow < gallery.count; firstRow += blockRows) {
        fillUnitRows(block, galleryScan, firstRow);
        const maxima = await product.run(chunk, block);
        const groupCount = Math.ceil(Math.min(blockRows, gallery.count - firstRow) / GROUP);
        for (let g = 0; g < groupCount; g++) {
          const group = firstRow / GROUP + g;
          for (let i = 0; i < count; i++) {
            const value = maxima[g * count + i]!;
            if (value < floors[i]! && value < bestPairs.floor) continue;
            const own = best[i]!;
            own.offer(value, firstProbe + i, group);
            bestPairs.offer(value, firstProbe + i, group);
            floors[i] = own.floor;
          }
        }
        onProgress(
          (firstProbe + (count * Math.min(firstRow + blockRows, gallery.count)) / gallery.count) / probes.count,
        );
      }
    } finally {
      await product.close();
    }
    for (const own of best) found.push(...own.finish());
  }

  const pairs = bestPairs.finish();
  return {
    neighborCount: width,
    rows: Uint32Array.from(found, ({ row }) => row),
    scores: Float32Array.from(found, ({ score }) => score),
    pairs: {
      scores: Float32Array.from(pairs, ({ score }) => score),
      probes: Uint32Array.from(pairs, ({ probe }) => probe),
      rows: Uint32Array.from(pairs, ({ row }) => row),
    },
  };
}

/**
 * Bound of the rounding of an f32 product of unit vectors of `size` numbers, summed in any order, and of rounding the
 * vectors themselves.
 */
export function productError(size: number): number {
  return (size + 8) * 2 ** -24;
}

/**
 * Fills a block with unit rows from row `first` on. Slots beyond the last row repeat it, so that they cannot hold the
 * only highest cosine of a group.
 */
export function fillUnitRows(into: Float32Array, { embeddings, squares }: CosineScan, first: number): void {
  const { count, size, data } = embeddings;
  for (let start = 0; start < into.length; start += size) {
    const row = Math.min(first + start / size, count - 1);
    const scale = 1 / (Math.sqrt(squares[row]!) || 1);
    for (let k = 0; k < size; k++) into[start + k] = data[row * size + k]! * scale;
  }
}
