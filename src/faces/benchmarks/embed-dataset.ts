import { openDataset } from "../../base/data/index.ts";
import type { LabeledEmbeddings } from "../../measure/eval/index.ts";
import type { BenchmarkEmbedder } from "./benchmark-embedder.ts";

/** The embeddings of aligned crops, with the identity of each. @param what what they are, for progress. */
export async function embedDataset(faces: BenchmarkEmbedder, path: string, what: string): Promise<LabeledEmbeddings> {
  const { sampleCount, labels, source, readBytes, close } = await openDataset(path);
  try {
    const { embeddings } = await faces.embed({ imageCount: sampleCount, source, readBytes }, { what });
    return { embeddings, identities: labels };
  } finally {
    await close();
  }
}
