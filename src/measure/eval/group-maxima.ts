import { input, matmul, reduceMax, reshape } from "../../compiler/graph/index.ts";
import { compile } from "../../compiler/runtime/index.ts";

/** Sizes of the product. */
export type GroupMaximaOptions = {
  readonly probeCount: number;
  readonly rowCount: number;
  /** Consecutive rows in a group; divides `rowCount`. */
  readonly groupSize: number;
  /** Numbers in an embedding. */
  readonly size: number;
  /** Threads of the product; 0: all cores. */
  readonly threads: number;
};

/** A product of probes with a block of rows that returns the highest cosine of each group of rows. */
export type GroupMaxima = {
  /** probes f32[probes, size] and rows f32[rows, size], of length 1 → f32[rows / groupSize, probes]. */
  run(probes: Float32Array, rows: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
};

/**
 * Compiles the product. Probes lie along the last axis, so that the maximum of a group is one of whole vectors and
 * costs next to nothing; along the rows it would cost as much as the product.
 */
export async function openGroupMaxima(options: GroupMaximaOptions): Promise<GroupMaxima> {
  const { probeCount, rowCount, groupSize, size, threads } = options;
  const probes = input("probes", "f32", [probeCount, size]);
  const rows = input("rows", "f32", [rowCount, size]);
  const cosines = matmul(rows, probes, { transposeB: true });
  const maxima = reduceMax(reshape(cosines, [rowCount / groupSize, groupSize, probeCount]), { axes: [1] });
  const { session } = await compile({ name: "groupMaxima", outputs: { maxima } }, { threads });
  return {
    run: async (probeRows, blockRows) => {
      const results = await session.run({
        probes: { type: "f32", shape: [probeCount, size], data: probeRows },
        rows: { type: "f32", shape: [rowCount, size], data: blockRows },
      });
      return results.maxima!.data as Float32Array;
    },
    close: () => session.close(),
  };
}
