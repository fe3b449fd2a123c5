import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { DatasetError, OptionError } from "../base/core/index.ts";
import { formatBytes, print, printJson } from "./output.ts";

export function packCommand(): Command {
  return new Command("pack")
    .argument("<folder>", "folder with one subfolder an identity")
    .argument("<out>", "folder for train.rec, train.idx and property")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Labels are the places of the subfolders' names in sorted order; images keep their bytes.

Examples:
  cosface pack faces/ packed/
  cosface train --data packed/train.rec --out runs/first`,
    )
    .action(runPack);
}

async function runPack(folder: string, out: string, { json }: { json?: boolean }): Promise<void> {
  const { openFolder, packDataset, summarize } = await import("../base/data/index.ts");
  const { describePassedOver } = await import("../base/files/index.ts");
  if (out.endsWith(".rec")) {
    throw new OptionError(`pack: got '${out}', expected a folder: train.rec is put into it, beside its index`);
  }
  if (!(await isFolder(folder))) {
    throw new DatasetError(`pack: no folder at '${folder}', expected one with a subfolder an identity`);
  }
  const file = join(out, "train.rec");
  if (existsSync(file)) throw new OptionError(`pack: '${file}' is there already: name another folder, or remove it`);
  const dataset = await openFolder(folder);
  try {
    await packDataset(dataset, out);
    const { identityCount, sampleCount } = summarize(dataset);
    const skippedFileCount = dataset.passedOver.length;
    const { size: bytes } = await stat(file);
    if (json) return printJson({ file, identityCount, sampleCount, skippedFileCount, bytes });
    print(`${file}: ${identityCount} identities, ${sampleCount} images, ${formatBytes(bytes)}`);
    const line = describePassedOver(dataset.passedOver);
    if (line !== undefined) print(line);
  } finally {
    await dataset.close();
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}
