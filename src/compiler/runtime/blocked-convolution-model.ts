import { BLOCKED, conv2d, input, rewrite, withAttributes } from "../graph/index.ts";
import { writeOnnx } from "../onnx/index.ts";

/** A model with one channel-blocked convolution: an engine has such convolutions if it loads this. */
export function blockedConvolutionModel(): Uint8Array {
  const y = conv2d(input("x", "f32", [1, 16, 1, 1]), input("w", "f32", [16, 16, 1, 1]));
  const blocked = rewrite({ name: "blocks", outputs: { y } }, (node, inputs) =>
    node.op === y.node.op ? withAttributes(node, inputs, { lowering: BLOCKED }) : undefined,
  );
  return writeOnnx(blocked);
}
