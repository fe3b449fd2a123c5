import { compile, type Tensors } from "../../compiler/runtime/index.ts";
import { type EmbedderContract, NetworkEmbedder } from "../../faces/embedder/index.ts";
import { buildNetwork, type Network } from "../nn/index.ts";
import { networkContract } from "./export-model.ts";
import type { ResolvedOptions } from "./options.ts";
import { PAPER_NORMALIZATION } from "./programs/training-step.ts";

/** An embedder with the parameters and statistics of a training state, which must not change until it is closed. */
export async function networkEmbedder(
  network: Network,
  state: Tensors,
  { threads, device }: Pick<ResolvedOptions, "threads" | "device">,
  contract: EmbedderContract = networkContract(network, PAPER_NORMALIZATION),
): Promise<NetworkEmbedder> {
  const { embeddings, scope } = buildNetwork(network, BATCH);
  const { session } = await compile({ name: "embed", outputs: { embeddings } }, { threads, device });
  const fixed = Object.fromEntries([...scope.parameters, ...scope.statistics].map(({ name }) => [name, state[name]!]));
  return new NetworkEmbedder({ session, inputName: "images", outputName: "embeddings", fixed }, contract, {
    size: BATCH,
    isFixed: true,
  });
}

const BATCH = 32;
