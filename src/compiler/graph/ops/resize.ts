import { ShapeError } from "../../../base/core/index.ts";
import { apply, attribute, defineOp, requireRank } from "../op.ts";
import { fixedSize } from "../shape.ts";
import type { Value } from "../value.ts";
import { reduceSum, reshape } from "./arithmetic.ts";

const upsampleOp = defineOp({
  name: "upsample",
  infer: ([x], attributes) => {
    requireRank("upsample", x!, 4);
    const [vertical, horizontal] = attribute<number[]>(attributes, "factors");
    if (![vertical, horizontal].every((factor) => Number.isInteger(factor) && factor! >= 1)) {
      throw new ShapeError(`upsample: got factors ${vertical} and ${horizontal}, expected positive whole numbers`);
    }
    const [batch, channels, height, width] = x!.shape;
    const sizes = [fixedSize("upsample", height) * vertical!, fixedSize("upsample", width) * horizontal!];
    return [{ type: x!.type, shape: [batch!, channels!, ...sizes] }];
  },
  emit: (onnx, [x], { attributes }) =>
    onnx.node(
      "Resize",
      [x!, "", onnx.constant(Float32Array.of(1, 1, ...attribute<number[]>(attributes, "factors")), [4])],
      {
        mode: "nearest",
        coordinate_transformation_mode: "asymmetric",
        nearest_mode: "floor",
      },
    ),
  // Each element is repeated over a block, so its gradient is the sum over that block.
  vjp: ({ inputs: [x], dy, attributes }) => {
    const [vertical, horizontal] = attribute<number[]>(attributes, "factors");
    const [batch, channels, height, width] = x!.shape;
    const blocks = reshape(dy, [batch!, channels!, height!, vertical!, width!, horizontal!]);
    return [reduceSum(blocks, { axes: [3, 5] })];
  },
  samples: () => [
    { inputs: [{ shape: [2, 1, 2, 3] }], attributes: { factors: [2, 2] }, precision: "f32", step: 0.25 },
    { inputs: [{ shape: [1, 2, 2, 2] }], attributes: { factors: [1, 3] }, precision: "f32", step: 0.25 },
  ],
});
/** Pictures enlarged by whole factors, [vertical, horizontal], each element repeated (nearest neighbor). */
export const upsample = (x: Value, factors: readonly [number, number]): Value => apply(upsampleOp, [x], { factors });
