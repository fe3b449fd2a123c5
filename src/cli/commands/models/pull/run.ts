import { pullModel } from "../../../../faces/models/index.ts";
import { given } from "../../../given.ts";
import { interruption } from "../../../interruption.ts";
import { clearProgress, formatBytes, print, printJson, progress } from "../../../output.ts";
import type { Flags } from "./options.ts";

export async function run({ sha256, name, json }: Flags, url: string): Promise<void> {
  const { signal } = interruption("stopping: the same command continues");
  const onProgress = (done: number, total?: number) => {
    signal.throwIfAborted();
    progress(`${formatBytes(done)}${total === undefined ? "" : ` of ${formatBytes(total)}`}`);
  };
  const pulled = await pullModel(url, { sha256, onProgress, ...given({ name }) });
  clearProgress();
  if (json) printJson(pulled);
  else print(`${pulled.name}: ${formatBytes(pulled.byteCount)} in ${pulled.file}`);
}
