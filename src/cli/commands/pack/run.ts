import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError, OptionError } from "../../../base/core/index.ts";
import { openFolder, packDataset, summarize } from "../../../base/data/index.ts";
import { imageFormat } from "../../../base/files/index.ts";
import { interruption, stoppable } from "../../interruption.ts";
import {
  clearProgress,
  formatBytes,
  note,
  notePassedOver,
  print,
  printJson,
  summarizePassedOver,
} from "../../output.ts";
import type { Flags } from "./options.ts";

/** Files that a note names. */
const EXAMPLES = 3;

export async function run({ json }: Flags, folder: string, out: string): Promise<void> {
  if (out.endsWith(".rec")) {
    throw new OptionError(`got '${out}', expected a folder: train.rec and its index are written into it`);
  }
  if (!(await isFolder(folder))) {
    throw new DatasetError(`no folder at '${folder}', expected one with a subfolder for each identity`);
  }
  const file = join(out, "train.rec");
  if (existsSync(file)) throw new OptionError(`'${file}' exists: name another folder, or remove the file`);
  const dataset = await openFolder(folder);
  try {
    const { signal } = interruption("stopping without a record file");
    const onProgress = stoppable(signal, "images");
    const notImages: string[] = [];
    const readBytes = async (index: number) => {
      onProgress(index, dataset.sampleCount);
      const bytes = await dataset.readBytes(index);
      if (imageFormat(bytes) === undefined) notImages.push(dataset.source(index));
      return bytes;
    };
    await packDataset({ ...dataset, readBytes }, out);
    clearProgress();
    notePassedOver(dataset.passedOver);
    if (notImages.length > 0) {
      const examples = notImages.slice(0, EXAMPLES).join("; ");
      const more = notImages.length > EXAMPLES ? "; …" : "";
      note(
        `packed as they are, though their bytes are not those of an image: ${notImages.length} (${examples}${more})`,
      );
    }
    const { identityCount, sampleCount } = summarize(dataset);
    const skippedFileCount = dataset.passedOver.length;
    const { size: bytes } = await stat(file);
    if (json) {
      const passedOver = summarizePassedOver(dataset.passedOver);
      return printJson({
        ...{ file, identityCount, sampleCount, skippedFileCount, passedOver, bytes },
        notImageCount: notImages.length,
      });
    }
    print(`${file}: ${identityCount} identities, ${sampleCount} images, ${formatBytes(bytes)}`);
  } finally {
    await dataset.close();
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}
