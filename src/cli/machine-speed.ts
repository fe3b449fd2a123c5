/** How fast this machine multiplies: the two operations that take nearly all of a training step. */
import { DeviceError } from "../base/core/index.ts";
import { conv2d, elementCount, input, matmul, reduceSum, type Value } from "../compiler/graph/index.ts";
import { compile, type Device, type Tensor } from "../compiler/runtime/index.ts";

/** Billions of multiplications and additions per second, in f32. */
export type MachineSpeed = { readonly matmulGflops: number; readonly convolutionGflops: number };

/** An operation on two tensors, and the number of products that it sums. */
type Work = {
  readonly shapes: readonly [readonly number[], readonly number[]];
  readonly operation: (left: Value, right: Value) => Value;
  readonly products: number;
};

/** Square matrices, large enough to keep some cores busy for a few milliseconds. */
const MATMUL: Work = {
  shapes: [
    [768, 768],
    [768, 768],
  ],
  operation: (left, right) => matmul(left, right),
  products: 768 ** 3,
};

/** Like the layers in the middle of sphere20: 3×3 over 128 channels, 26×22 pixels of output, 8 images. */
const CONVOLUTION: Work = {
  shapes: [
    [8, 128, 28, 24],
    [128, 128, 3, 3],
  ],
  operation: (images, weights) => conv2d(images, weights),
  products: 8 * 26 * 22 * 128 ** 2 * 9,
};

/** The fastest of many runs in this time counts, so that other programs on the machine disturb little. */
const SECONDS_EACH = 0.4;

/**
 * Measures both operations, by default on all cores.
 * @throws {DeviceError} when the device cannot be started, or computes wrong numbers.
 */
export async function measureMachine(device: Device, threads?: number): Promise<MachineSpeed> {
  const options = { device, ...(threads === undefined ? {} : { threads }) };
  return {
    matmulGflops: (2 * MATMUL.products) / 1e9 / (await fastestRun(MATMUL, options)),
    convolutionGflops: (2 * CONVOLUTION.products) / 1e9 / (await fastestRun(CONVOLUTION, options)),
  };
}

type DeviceOptions = { readonly device: Device; readonly threads?: number };

/** Seconds of the fastest run. Of tensors of ones, the sum of the result is the number of products. */
async function fastestRun({ shapes, operation, products }: Work, options: DeviceOptions): Promise<number> {
  const [left, right] = shapes;
  const sum = reduceSum(operation(input("left", "f32", left), input("right", "f32", right)));
  const { session } = await compile({ name: "speed", outputs: { sum } }, { ...options, measure: false });
  const feeds = { left: ones(left), right: ones(right) };
  try {
    const result = (await session.run(feeds)).sum!.data[0] as number;
    if (!(Math.abs(result / products - 1) < 1e-3)) {
      throw new DeviceError(
        `device '${options.device}' computes wrong numbers: got a sum of ${result}, expected ${products}`,
      );
    }
    let best = Number.POSITIVE_INFINITY;
    const end = performance.now() + 1000 * SECONDS_EACH;
    while (performance.now() < end) {
      const start = performance.now();
      await session.run(feeds);
      best = Math.min(best, (performance.now() - start) / 1000);
    }
    return best;
  } finally {
    await session.close();
  }
}

function ones(shape: readonly number[]): Tensor {
  return { type: "f32", shape, data: new Float32Array(elementCount(shape)).fill(1) };
}
