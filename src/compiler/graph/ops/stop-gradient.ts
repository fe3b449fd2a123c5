import { apply, defineOp } from "../op.ts";
import type { Value } from "../value.ts";

const stopGradientOp = defineOp({
  name: "stopGradient",
  infer: ([x]) => [x],
  // Both are one tensor, so no node is written.
  emit: (_, [x]) => [x],
  vjp: { zero: "its input counts as a constant" },
  samples: () => [{ inputs: [{ shape: [2, 3] }] }],
});
/** x itself, but a constant to differentiation: no gradient passes back to x. */
export const stopGradient = (x: Value): Value => apply(stopGradientOp, [x]);
