import { cosFace } from "../../src/training/losses/index.ts";
import { configureNetwork, findNetwork } from "../../src/training/nn/index.ts";
import { sgd } from "../../src/training/optim/index.ts";
import type { StepDescription } from "../../src/training/train/programs/training-step.ts";

/** A step that a test can run in a moment: sphere4 on 16×16 pixels, four images, five identities. */
export const SMALL_STEP: StepDescription = {
  network: configureNetwork(findNetwork("sphere4"), { inputSize: [16, 16], embeddingSize: 8 }),
  loss: cosFace({ scale: 16 }),
  optimizer: sgd(),
  batchSize: 4,
  identityCount: 5,
  normalization: { mean: 127.5, std: 128 },
};
