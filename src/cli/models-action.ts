/** What `cosface models` does. */
import { existsSync } from "node:fs";
import { CalibrationError, ModelError } from "../base/core/index.ts";
import { DEFAULT_EMBEDDER, type Embedder, openEmbedder, sidecarFile } from "../faces/embedder/index.ts";
import { builtInDetectors, openDetector } from "../faces/face/index.ts";
import { findModel, modelFolder, pulledModels, pullModel } from "../faces/models/index.ts";
import { type Calibration, readCalibration } from "../faces/people/index.ts";
import type { ContractFlags } from "./face-options.ts";
import type { JsonFlag, PullFlags } from "./models.ts";
import { clearProgress, formatBytes, print, printJson, progress } from "./output.ts";
import { contractOverrides } from "./recognition.ts";

export async function runList({ json }: JsonFlag): Promise<void> {
  const embedder = await openEmbedder(DEFAULT_EMBEDDER);
  await embedder.close();
  const builtIn = { name: DEFAULT_EMBEDDER, package: "@vladmandic/face-api", ...about(embedder) };
  const folder = modelFolder();
  const pulled = await pulledModels(folder);
  if (json) return printJson({ embedders: [builtIn], detectors: builtInDetectors, folder, pulled });
  print(
    `embedder  ${builtIn.name}: ${builtIn.package}; ${builtIn.license}; id ${builtIn.id}, ${describeContract(embedder)}`,
    ...builtInDetectors.map((one) => `detector  ${one.name}: ${one.network}; ${one.package}; ${one.license}`),
    ...pulled.map((one) => `pulled    ${one.name}: ${formatBytes(one.byteCount)}`),
    `${pulled.length} models in ${folder}`,
  );
}

export async function runDescribe(source: string, flags: ContractFlags & JsonFlag): Promise<void> {
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
  if (flags.json) return printJson({ kind: "embedder", ...about(embedder), sidecar, ...stored });
  const { calibration, reason } = stored;
  const known = calibration?.thresholds
    .map(({ far, threshold }) => `${far}: ${threshold?.toFixed(3) ?? "refused"}`)
    .join(", ");
  print(
    `embedder  ${embedder.id}: ${describeContract(embedder)}`,
    `licence   ${embedder.license}`,
    `sidecar   ${sidecar ?? "none"}`,
    known === undefined ? `threshold none: ${reason}` : `threshold by FAR ${known} (on ${calibration?.measuredOn})`,
  );
}

export async function runPull(url: string, { sha256, name, json }: PullFlags): Promise<void> {
  const onProgress = (done: number, total?: number) =>
    progress(`${formatBytes(done)}${total === undefined ? "" : ` of ${formatBytes(total)}`}`);
  const pulled = await pullModel(url, { sha256, onProgress, ...(name !== undefined && { name }) });
  clearProgress();
  if (json) printJson(pulled);
  else print(`${pulled.name}: ${formatBytes(pulled.byteCount)} in ${pulled.file}`);
}

function about({ id, license, contract }: Embedder) {
  return { id, license, contract };
}

function describeContract({ contract }: Embedder): string {
  const { inputSize, embeddingSize, channels, mean, std, template, flip } = contract;
  const points = typeof template === "string" ? template : "five points";
  return `${inputSize.join("×")} ${channels}, (pixel − ${mean}) / ${std}, template ${points}, flip ${flip} → ${embeddingSize} numbers`;
}

/** Network and licence of a detector; undefined for a file that is none. */
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

/** The calibration of a model, or why it has none. */
async function calibrationOf(model: string, id: string): Promise<{ calibration: Calibration | null; reason?: string }> {
  try {
    return { calibration: await readCalibration(model, id) };
  } catch (error) {
    if (error instanceof CalibrationError) return { calibration: null, reason: error.message };
    throw error;
  }
}
