import { existsSync } from "node:fs";
import { ModelError } from "../../../../base/core/index.ts";
import { DEFAULT_EMBEDDER, openEmbedder, readEmbedderFile, sidecarFile } from "../../../../faces/embedder/index.ts";
import { openDetector } from "../../../../faces/face/index.ts";
import { findModel } from "../../../../faces/models/index.ts";
import { type EmbeddingCandidate, embeddingCandidates } from "../../../../training/foreign/index.ts";
import { print, printJson } from "../../../output.ts";
import { contractOverrides } from "../../../recognition.ts";
import { about, calibrationOf, describeContract } from "../about.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, source: string): Promise<void> {
  const model = findModel(source);
  const detector = model === DEFAULT_EMBEDDER ? undefined : await detectorOf(model);
  if (detector !== undefined) {
    if (flags.json) printJson({ kind: "detector", ...detector });
    else print(`detector  ${detector.name}`, `licence   ${detector.license}`);
    return;
  }
  const embedder = await openEmbedder(model, contractOverrides(flags));
  await embedder.close();
  const sidecar = existsSync(sidecarFile(model)) ? sidecarFile(model) : null;
  const stored = await calibrationOf(model, embedder.id);
  const candidates = await candidatesOf(model);
  if (flags.json) return printJson({ kind: "embedder", ...about(embedder), sidecar, candidates, ...stored });
  const { calibration, reason } = stored;
  const known = calibration?.thresholds
    .map(({ far, threshold }) => `${far}: ${threshold?.toFixed(3) ?? "refused"}`)
    .join(", ");
  print(
    `embedder  ${embedder.id}: ${describeContract(embedder)}`,
    `licence   ${embedder.license}`,
    `sidecar   ${sidecar ?? "none"}`,
    `--output  ${candidates?.map(({ name, size }) => `${name} (${size})`).join(", ") ?? "unknown"}`,
    known === undefined ? `threshold none: ${reason}` : `threshold by FAR ${known} (on ${calibration?.measuredOn})`,
  );
}

/** Network and licence of a detector; undefined for a file of another kind. */
async function detectorOf(model: string): Promise<{ name: string; license: string } | undefined> {
  try {
    const detector = await openDetector(model);
    await detector.close();
    return { name: detector.name, license: detector.license };
  } catch (error) {
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}

/** Tensors of the file that `--output` of `cosface train` may name; null for a file with ops that cannot be read. */
async function candidatesOf(model: string): Promise<readonly EmbeddingCandidate[] | null> {
  try {
    return embeddingCandidates((await readEmbedderFile(model)).bytes);
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
}
