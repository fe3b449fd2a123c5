/**
 * The highest of very many cosines: of each probe with a gallery, and of all pairs of the two. A million rows and a few
 * thousand probes have billions, which no script can score one by one. So the runtime multiplies blocks of rows with all
 * probes and leaves the highest cosine of each group of sixteen rows. Almost every group is below what has been found
 * already, and is done with; what is not is scored again here, number by number as everywhere in this folder. The products
 * are a sieve, whose rounding is allowed for, and the result is the one that scoring everything gives, ties included.
 */
import { OptionError, requireInteger } from "../../base/core/index.ts";
import { input, matmul, reduceMax, reshape } from "../../compiler/graph/index.ts";
import { compile, type Session } from "../../compiler/runtime/index.ts";
import { cosineOf, dotProduct, type Embeddings, squaredLengths } from "./embeddings.ts";
import { HighestScores, type ScoredPair } from "./highest-scores.ts";

/** What is looked for, and how. */
export type HighestCosinesOptions = {
  /** Best rows of each probe to find; default 1. */
  readonly neighborCount?: number;
  /** Best pairs of all to find, in [0, probes · rows]; default 0. */
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
  /** Of each probe: as many as were asked for, or all rows when there are fewer. */
  readonly neighborCount: number;
  /** u32[probes, neighborCount], the highest cosine first; of equal ones the lower row. */
  readonly rows: Uint32Array;
  /** f32[probes, neighborCount]. */
  readonly scores: Float32Array;
  /** The highest of all pairs; of equal ones the lower probe, then the lower row. */
  readonly pairs: HighestPairs;
};

/** Rows whose highest cosine is looked at together: the more, the less to look at, and the more to score again. */
const GROUP = 16;
/** Probes multiplied at once. */
const PROBES = 4096;

/**
 * Finds the highest cosines by matrix products, exactly. Beside probes, gallery and result it needs the scores of one block
 * with 4096 probes, and a few times the pairs that are asked for.
 *
 * @throws {OptionError} when there are no probes or no rows, sizes differ, a count is out of range, or a row is not finite
 *   (the message names it).
 */
export async function highestCosines(
  probes: Embeddings,
  gallery: Embeddings,
  {
    neighborCount = 1,
    pairCount = 0,
    blockRows = 1024,
    threads = 0,
    onProgress = () => {},
  }: HighestCosinesOptions = {},
): Promise<HighestCosines> {
  requireInteger("highestCosines: neighborCount", neighborCount, 1);
  requireInteger("highestCosines: pairCount", pairCount, 0);
  const { size } = gallery;
  if (probes.count === 0 || gallery.count === 0) {
    throw new OptionError(
      `highestCosines: got ${probes.count} probes and ${gallery.count} rows, expected some of each`,
    );
  }
  if (probes.size !== size) throw new OptionError(`highestCosines: got ${probes.size}-d probes, expected ${size}-d`);
  if (!(blockRows % GROUP === 0 && blockRows > 0)) {
    throw new OptionError(`highestCosines: blockRows: got ${blockRows}, expected a multiple of ${GROUP}`);
  }
  const probeSquares = squaredLengths("highestCosines: probes", probes);
  const squares = squaredLengths("highestCosines: gallery", gallery);
  const cosine = (probe: number, row: number) =>
    cosineOf(
      dotProduct(probes.data, probe * size, gallery.data, row * size, size),
      probeSquares[probe]!,
      squares[row]!,
    );
  const scoreGroup = (probe: number, group: number): ScoredPair[] => {
    const rowCount = Math.min(GROUP, gallery.count - group * GROUP);
    return Array.from({ length: rowCount }, (_, i) => {
      const row = group * GROUP + i;
      return { probe, row, score: Math.fround(cosine(probe, row)) };
    });
  };
  // Of a product of unit vectors in f32, summed in any order; and of rounding their elements and the result.
  const error = (size + 8) * 2 ** -24;
  const width = Math.min(neighborCount, gallery.count);
  const found: ScoredPair[] = [];
  const bestPairs = new HighestScores(Math.min(pairCount, probes.count * gallery.count), error, scoreGroup);

  const block = new Float32Array(blockRows * size);
  for (let firstProbe = 0; firstProbe < probes.count; firstProbe += PROBES) {
    const count = Math.min(PROBES, probes.count - firstProbe);
    const chunk = new Float32Array(count * size);
    fillUnitRows(chunk, probes, probeSquares, firstProbe);
    const best = Array.from({ length: count }, () => new HighestScores(width, error, scoreGroup));
    // The probes' own floors, side by side: they are compared with every maximum.
    const floors = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
    const session = await groupMaxima(count, blockRows, size, threads);
    try {
      for (let firstRow = 0; firstRow < gallery.count; firstRow += blockRows) {
        fillUnitRows(block, gallery, squares, firstRow);
        const { maxima } = await session.run({
          probes: { type: "f32", shape: [count, size], data: chunk },
          rows: { type: "f32", shape: [blockRows, size], data: block },
        });
        const groupCount = Math.ceil(Math.min(blockRows, gallery.count - firstRow) / GROUP);
        const values = maxima!.data as Float32Array;
        for (let g = 0; g < groupCount; g++) {
          for (let i = 0; i < count; i++) {
            const value = values[g * count + i]!;
            if (value < floors[i]! && value < bestPairs.floor) continue;
            const own = best[i]!;
            own.offer(value, firstProbe + i, firstRow / GROUP + g);
            bestPairs.offer(value, firstProbe + i, firstRow / GROUP + g);
            floors[i] = own.floor;
          }
        }
        onProgress(
          (firstProbe + (count * Math.min(firstRow + blockRows, gallery.count)) / gallery.count) / probes.count,
        );
      }
    } finally {
      await session.close();
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

/** Rows from `first` on, scaled to length 1; places beyond the last row repeat it, and so are never the only highest. */
function fillUnitRows(
  into: Float32Array,
  { count, size, data }: Embeddings,
  squares: Float64Array,
  first: number,
): void {
  for (let i = 0; i < into.length / size; i++) {
    const row = Math.min(first + i, count - 1);
    const scale = 1 / (Math.sqrt(squares[row]!) || 1);
    for (let k = 0; k < size; k++) into[i * size + k] = data[row * size + k]! * scale;
  }
}

/**
 * probes f32[probes, size] and rows f32[rows, size], of length 1 → maxima f32[rows / GROUP, probes]. With the probes along the
 * last axis a group's maximum is one of whole vectors, and costs next to nothing; along the rows it costs as much as the product.
 */
async function groupMaxima(probeCount: number, rowCount: number, size: number, threads: number): Promise<Session> {
  const probes = input("probes", "f32", [probeCount, size]);
  const rows = input("rows", "f32", [rowCount, size]);
  const cosines = matmul(rows, probes, { transposeB: true });
  const maxima = reduceMax(reshape(cosines, [rowCount / GROUP, GROUP, probeCount]), { axes: [1] });
  const { session } = await compile({ name: "groupMaxima", outputs: { maxima } }, { threads });
  return session;
}
