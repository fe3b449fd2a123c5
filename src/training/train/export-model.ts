import { addOnnxMetadata, onnxGraphBytes, writeOnnx } from "../../compiler/onnx/index.ts";
import type { Tensors } from "../../compiler/runtime/index.ts";
import { contractMetadata, type EmbedderContract, embedderId, ID_KEY } from "../../faces/embedder/index.ts";
import { buildNetwork, type Network } from "../nn/index.ts";
import type { PixelNormalization } from "./programs/training-step.ts";

/** The contract of a trained network: RGB, embeddings of image and mirror image concatenated, as the paper tests. */
export function networkContract(network: Network, { mean, std }: PixelNormalization): EmbedderContract {
  const { inputSize, embeddingSize } = network;
  return { inputSize, embeddingSize, channels: "rgb", mean, std, template: "arcface", flip: "concat" };
}

/**
 * The network as an ONNX file: "images" f32[batch, 3, height, width], normalized RGB → "embeddings" f32[batch, size],
 * not normalized, for any batch. Without class centers and optimizer state.
 */
export function exportModel(
  network: Network,
  state: Tensors,
  normalization: PixelNormalization,
  notes: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { embeddings, scope } = buildNetwork(network, "batch");
  const parameters = [...scope.parameters, ...scope.statistics];
  const contract = networkContract(network, normalization);
  const file = writeOnnx(
    { name: network.name, outputs: { embeddings } },
    {
      initializers: new Map(parameters.map(({ name }) => [name, state[name]!.data])),
      metadata: { ...contractMetadata(contract), ...notes },
    },
  );
  return addOnnxMetadata(file, { [ID_KEY]: embedderId(onnxGraphBytes(file), contract) });
}
