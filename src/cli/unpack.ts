import { Command } from "commander";
import { print, printJson } from "./output.ts";

export function unpackCommand(): Command {
  return new Command("unpack")
    .argument("<file>", "train.rec; its index is not needed")
    .argument("<out>", "folder to make; it must be new or empty")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Images are written as LABEL/NUMBER.jpg (or .png …) and keep their bytes.

Examples:
  cosface unpack packed/train.rec faces/`,
    )
    .action(runUnpack);
}

async function runUnpack(file: string, out: string, { json }: { json?: boolean }): Promise<void> {
  const { openFolder, summarize, unpackDataset } = await import("../base/data/index.ts");
  await unpackDataset(file, out);
  const { identityCount, sampleCount } = summarize(await openFolder(out));
  if (json) return printJson({ folder: out, identityCount, sampleCount });
  print(`${out}: ${identityCount} identities, ${sampleCount} images`);
}
