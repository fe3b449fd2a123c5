import { Command } from "commander";
import { addContractOptions, type ContractFlags } from "./face-options.ts";

export type JsonFlag = { json?: boolean };
export type PullFlags = JsonFlag & { sha256: string; name?: string };

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
    .action(async (flags: JsonFlag) => (await import("./models-action.ts")).runList(flags));
}

function describeCommand(): Command {
  const command = new Command("describe")
    .description("Tell what a model takes and gives, its id, licence and calibration")
    .argument("<model>", "ONNX file, or a name of models list");
  return addContractOptions(command)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  cosface models describe runs/first/model.onnx\n  cosface models describe yunet --json",
    )
    .action(async (model: string, flags: ContractFlags & JsonFlag) =>
      (await import("./models-action.ts")).runDescribe(model, flags),
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
    .action(async (url: string, flags: PullFlags) => (await import("./models-action.ts")).runPull(url, flags));
}
