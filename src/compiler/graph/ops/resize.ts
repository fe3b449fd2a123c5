import { ShapeError } from "../../../base/core/index.ts";
import { apply, defineOp, type One } from "../op.ts";
import { fixedSize, requireRank } from "../shape.ts";
import type { Value } from "../value.ts";
import { reduceSum, reshape } from "./arithmetic.ts";

const upsampleOp = defineOp<One, { readonly factors: readonly [number, number] }>({
  name: "upsample",
  infer: ([x], { factors: [vertical, horizontal] }) => {
    const [batch, channels, height, width] = requireRank("upsample", x, 4);
    if (![vertical, horizontal].every((factor) => Number.isInteger(factor) && factor >= 1)) {
      throw new ShapeError(`upsample: got factors ${vertical} and ${horizontal}, expected positive whole numbers`);
    }
    const sizes = [fixedSize("upsample", height) * vertical, fixedSize("upsample", width) * horizontal];
    return [{ type: x.type, shape: [batch, channels, ...sizes] }];
  },
  emit: (onnx, [x], { attributes: { factors } }) => {
    const scales = onnx.constant(Float32Array.of(1, 1, ...factors), [4]);
    const nearest = {
      mode: "nearest",
      coordinate_transformation_mode: "asymmetric",
      nearest_mode: "floor",
    };
    return [onnx.node("Resize", [x, "", scales], nearest)];
  },
  // Each element is repeated over a block, so its gradient is the sum over that block.
  vjp: ({ inputs: [x], dy, attributes: { factors } }) => {
    const [vertical, horizontal] = factors;
    const [batch, channels, height, width] = requireRank("upsample", x, 4);
    const blocks = reshape(dy, [batch, channels, height, vertical, width, horizontal]);
    return [reduceSum(blocks, { axes: [3, 5] })];
  },
  samples: () => [
    { inputs: [{ shape: [2, 1, 2, 3] }], attributes: { factors: [2, 2] }, precision: "f32", step: 0.25 },
    { inputs: [{ shape: [1, 2, 2, 2] }], attributes: { factors: [1, 3] }, precision: "f32", step: 0.25 },
  ],
});
/** Feature maps enlarged by whole factors, [vertical, horizontal], each element repeated (nearest neighbor). */
export const upsample = (x: Value, factors: readonly [number, number]): Value => apply(upsampleOp, [x], { factors });
