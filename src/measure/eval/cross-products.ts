import { input, matmul } from "../../compiler/graph/index.ts";
import { compile } from "../../compiler/runtime/index.ts";

/** A product of two blocks of unit rows. */
export type CrossProduct = {
  /** left f32[rows, size] and right f32[rows, size] → their inner products f32[rows, rows]. */
  run(left: Float32Array, right: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
};

/** Compiles the product of two blocks of `rows` rows of `size` numbers. `threads` 0: all cores. */
export async function openCrossProduct(rows: number, size: number, threads: number): Promise<CrossProduct> {
  const left = input("left", "f32", [rows, size]);
  const right = input("right", "f32", [rows, size]);
  const products = matmul(left, right, { transposeB: true });
  const { session } = await compile({ name: "crossProduct", outputs: { products } }, { threads });
  const tensor = (data: Float32Array) => ({ type: "f32", shape: [rows, size], data }) as const;
  return {
    run: async (leftRows, rightRows) => {
      const results = await session.run({ left: tensor(leftRows), right: tensor(rightRows) });
      return results.products!.data as Float32Array;
    },
    close: () => session.close(),
  };
}
