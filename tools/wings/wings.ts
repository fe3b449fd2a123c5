/** A wing of src/: what it is for, and its folders in order. */
export type Wing = { readonly purpose: string; readonly folders: readonly string[] };

/** The wings of src/ from the ground up: a folder imports only from folders before it; see docs/architecture.md. */
export const wings: Readonly<Record<string, Wing>> = {
  base: {
    purpose: "errors, files, threads, images, readers of data sets",
    folders: ["core", "files", "threads", "image", "data", "benchmarks"],
  },
  compiler: {
    purpose: "graphs with gradients, run by ONNX Runtime",
    folders: ["graph", "onnx", "runtime", "pretrained"],
  },
  measure: {
    purpose: "theory, protocols, reports",
    folders: ["hypersphere", "eval", "protocols", "groups", "report"],
  },
  faces: {
    purpose: "photograph → embeddings → people",
    folders: ["embedder", "face", "models", "benchmarks", "people", "assess", "card"],
  },
  training: {
    purpose: "networks, losses and the training loop",
    folders: ["synthetic", "batches", "nn", "foreign", "losses", "optim", "heads", "train", "experiments"],
  },
  service: { purpose: "people over REST", folders: ["settings", "gallery", "server"] },
  cli: { purpose: "commands over all wings", folders: [] },
};

/** Every folder as `wing/folder`, and `cli`, from the ground up. */
export const folders: readonly string[] = Object.entries(wings).flatMap(([wing, { folders }]) =>
  folders.length === 0 ? [wing] : folders.map((name) => `${wing}/${name}`),
);
