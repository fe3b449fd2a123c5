/** Names and defaults that help pages list. This file imports nothing, so that a help page loads no engine. */

/** Optimizers by name. */
export const optimizerNames = ["sgd", "adamw"] as const;
/** Learning-rate schedules by name. */
export const scheduleNames = ["step", "polynomial", "cosine"] as const;

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
