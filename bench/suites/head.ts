/**
 * The head of a training step with a tenth of a million identities sampled, compared with all of a hundred thousand.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Measurement, median, type Suite, summarize } from "../measurement.ts";

type HeadResult = { readonly milliseconds: readonly number[]; readonly peakBytes: number };

const BATCH = 128;
const EMBEDDING_SIZE = 512;
const SAMPLED = { identityCount: 1_000_000, share: 0.1 };
const WHOLE = { identityCount: 100_000, share: 1 };
const STEPS = 5;

/** Bytes of class centers and velocities, f32 each. */
const tableBytes = ({ identityCount }: typeof SAMPLED) => 2 * 4 * EMBEDDING_SIZE * identityCount;

/** Time of a step and peak memory, in alternating processes. */
export const headSuite: Suite = async ({ rounds, threads, onProgress }) => {
  const pairs = Array.from({ length: rounds }, (_, round) => {
    onProgress(`LMCL head, round ${round + 1} of ${rounds}`);
    return { sampled: run(SAMPLED, threads), whole: run(WHOLE, threads) };
  });
  const what = "LMCL head, 1,000,000 identities, 10 % sampled, batch 128";
  const memory = (reference: number): Measurement["runs"] =>
    pairs.map(({ sampled }) => ({ value: sampled.peakBytes / 2 ** 30, reference }));
  return [
    summarize(
      { measure: `${what}: step`, unit: "ms", against: "100,000 identities, all of them" },
      pairs.map(({ sampled, whole }) => ({
        value: median(sampled.milliseconds),
        reference: median(whole.milliseconds),
      })),
    ),
    summarize(
      { measure: `${what}: peak memory`, unit: "GiB", against: "centers and velocities" },
      memory(tableBytes(SAMPLED) / 2 ** 30),
    ),
  ];
};

function run({ identityCount, share }: typeof SAMPLED, threads: number): HeadResult {
  const words = [identityCount, share, BATCH, STEPS, threads].map(String);
  const args = ["--import", "tsx", join(import.meta.dirname, "..", "head.ts"), ...words];
  const output = execFileSync(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(output.toString()) as HeadResult;
}
