/** Names and defaults that help pages list. This file imports nothing, so that a help page loads no engine. */

/** Optimizers by name. */
export const optimizerNames = ["sgd", "adamw"] as const;
/** Learning-rate schedules by name. */
export const scheduleNames = ["step", "polynomial", "cosine"] as const;

/** What becomes of running means and variances in fine-tuning. */
export const batchNormModes = ["frozen", "train"] as const;
/** What happens when the accuracy on old data falls in fine-tuning. */
export const guardModes = ["lower", "stop", "off"] as const;

/**
 * What a run does unless its options say otherwise when it goes on from an ONNX file. AdamW moves every weight by about
 * the learning rate, whatever the scale that a foreign file gave its weights, so that one rate suits all files.
 */
export const fineTuningDefaults = {
  optimizer: "adamw",
  learningRate: 1e-3,
  schedule: "cosine",
  batchSize: 64,
  epochs: 2,
  /** The network's rate as a share of the class centers'. */
  encoderRate: 0.05,
  layerDecay: 1,
  batchNorm: "frozen",
  /** Share of the people that the accuracy is measured on, where no other images are given for that. */
  holdOut: 0.1,
  guard: "lower",
  /** How far the accuracy on old data may fall, in [0, 1]. */
  tolerance: 0.005,
} as const;

/** What a run does unless its options say otherwise: the paper's small set-up. */
export const trainingDefaults = {
  network: "sphere20",
  optimizer: "sgd",
  momentum: 0.9,
  /** By optimizer. */
  weightDecay: { sgd: 5e-4, adamw: 0.05 },
  learningRate: 0.1,
  schedule: "step",
  warmUp: 0,
  marginWarmUp: 0,
  /** The paper's 64 images on each of 8 GPUs. */
  batchSize: 512,
  epochs: 30,
  seed: 0,
  device: "cpu",
  logEvery: 20,
} as const;
