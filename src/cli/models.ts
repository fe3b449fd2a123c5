import { existsSync } from "node:fs";
import { Command } from "commander";
import { CalibrationError, ModelError } from "../core/index.ts";
import { DEFAULT_EMBEDDER, type Embedder, openEmbedder, sidecarFile } from "../embedder/index.ts";
import { builtInDetectors, openDetector } from "../face/index.ts";
import { findModel, modelFolder, pulledModels, pullModel } from "../models/index.ts";
import { type Calibration, readCalibration } from "../recognition/index.ts";
import { addContractOptions, type ContractFlags, contractOverrides } from "./face-options.ts";
import { clearProgress, formatBytes, print, printJson, progress } from "./output.ts";

type JsonFlag = { json?: boolean };

export function modelsCommand(): Command {
  return new Command("models")
    .addCommand(listCommand())
    .addCommand(describeCommand())
    .addCommand(pullCommand())
    .addHelpText(
      "after",
      `
Nothing is fetched but by models pull. What it fetched has a name that every
--model and --detector takes.

Examples:
  cosface models list --json
  cosface models describe default
  cosface models pull https://example.org/yunet.onnx --sha256 HEX
  cosface detect photo.jpg --detector yunet`,
    );
}

function listCommand(): Command {
  return new Command("list")
    .description("List the networks that npm brought, and the models in your folder")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  cosface models list --json")
    .action(async ({ json }: JsonFlag) => {
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
    });
}

function describeCommand(): Command {
  const command = new Command("describe")
    .description("Tell what a model takes and gives, its id, licence and calibration")
    .argument("<model>", "ONNX file, or a name of models list", findModel);
  return addContractOptions(command)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  cosface models describe runs/first/model.onnx\n  cosface models describe yunet --json",
    )
    .action(runDescribe);
}

async function runDescribe(model: string, flags: ContractFlags & JsonFlag): Promise<void> {
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

function pullCommand(): Command {
  return new Command("pull")
    .description("Fetch a model file into your folder, checked by its SHA-256")
    .argument("<url>", "address of an ONNX file")
    .requiredOption("--sha256 <hex>", "the file's SHA-256, from a source that you trust")
    .option("--name <name>", "what to call it; default: the last part of the address")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
A pull that was cut off goes on with the same command. Read the model's licence
before you use it: a file seldom tells its own.

Example:
  cosface models pull https://example.org/w600k.onnx --sha256 HEX --name w600k`,
    )
    .action(async (url: string, { sha256, name, json }: { sha256: string; name?: string } & JsonFlag) => {
      const onProgress = (done: number, total?: number) =>
        progress(`${formatBytes(done)}${total === undefined ? "" : ` of ${formatBytes(total)}`}`);
      const pulled = await pullModel(url, { sha256, onProgress, ...(name !== undefined && { name }) });
      clearProgress();
      if (json) printJson(pulled);
      else print(`${pulled.name}: ${formatBytes(pulled.byteCount)} in ${pulled.file}`);
    });
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
