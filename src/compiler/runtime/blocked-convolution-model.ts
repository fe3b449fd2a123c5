import { conv2d, input, loweringsOf, rewrite, withLowering } from "../graph/index.ts";
import { writeOnnx } from "../onnx/index.ts";

/** A model with one channel-blocked convolution: an engine has such convolutions if it loads this. */
export function blockedConvolutionModel(): Uint8Array {
  const y = conv2d(input("x", "f32", [1, 16, 1, 1]), input("w", "f32", [16, 16, 1, 1]));
  const blocked = rewrite({ name: "blocks", outputs: { y } }, (node, inputs) => {
    const lowering = loweringsOf(node).find(({ needsBlocks }) => needsBlocks);
    return lowering === undefined ? undefined : withLowering(node, inputs, lowering.name);
  });
  return writeOnnx(blocked);
}
