/** The parts of an embedder that `models list` and `models describe` print. */
import type { Embedder } from "../../../faces/embedder/index.ts";

/** Id, licence and contract. */
export function about({ id, license, contract }: Embedder) {
  return { id, license, contract };
}

/** Input and output of an embedder in one line. */
export function describeContract({ contract }: Embedder): string {
  const { inputSize, embeddingSize, channels, mean, std, template, flip } = contract;
  const points = typeof template === "string" ? template : "five points";
  return `${inputSize.join("×")} ${channels}, (pixel − ${mean}) / ${std}, template ${points}, flip ${flip} → ${embeddingSize} numbers`;
}
