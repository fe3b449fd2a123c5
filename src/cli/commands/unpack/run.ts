import { openFolder, summarize, unpackDataset } from "../../../base/data/index.ts";
import { print, printJson } from "../../output.ts";
import type { Flags } from "./options.ts";

export async function run({ json }: Flags, file: string, out: string): Promise<void> {
  await unpackDataset(file, out);
  const { identityCount, sampleCount } = summarize(await openFolder(out));
  if (json) return printJson({ folder: out, identityCount, sampleCount });
  print(`${out}: ${identityCount} identities, ${sampleCount} images`);
}
