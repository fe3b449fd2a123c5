/** The parts of an embedder that `models list` and `models describe` print. */
import { CalibrationError } from "../../../base/core/index.ts";
import type { Embedder } from "../../../faces/embedder/index.ts";
import { type Calibration, readCalibration } from "../../../faces/people/index.ts";

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

/** The calibration of a model, or the reason why it has none. */
export async function calibrationOf(
  model: string,
  id: string,
): Promise<{ calibration: Calibration | null; reason?: string }> {
  try {
    return { calibration: await readCalibration(model, id) };
  } catch (error) {
    if (error instanceof CalibrationError) return { calibration: null, reason: error.message };
    throw error;
  }
}
