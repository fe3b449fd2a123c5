/** The folder of a user's models, and the files of their names. */
import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { OptionError, requireKind } from "../../base/core/index.ts";
import { DEFAULT_EMBEDDER } from "../embedder/index.ts";
import { detectorNames } from "../face/index.ts";

/** The folder of a user's data: `cosface` in `XDG_DATA_HOME` (`~/.local/share`). */
export function dataFolder(): string {
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), ".local", "share"), "cosface");
}

/** The folder that models are pulled into, `models` of the data folder. */
export function modelFolder(): string {
  return join(dataFolder(), "models");
}

const ENDING = ".onnx";
const NAME = /^\w[\w.-]*$/;
const builtIn: readonly string[] = [DEFAULT_EMBEDDER, ...detectorNames];

/** File of a pulled model. @throws {OptionError} for a name that cannot be a file's, or that a built-in network has. */
export function modelFile(name: string, folder: string = modelFolder()): string {
  if (!NAME.test(name) || builtIn.includes(name)) {
    throw new OptionError(
      `models: got name '${name}', expected letters, digits, '.', '-' and '_', and another than ${builtIn.join(", ")}: give --name`,
    );
  }
  return join(folder, name + ENDING);
}

/**
 * The model that a user names: a built-in name and the path of a file stay as they are, and the name of a pulled model
 * becomes its path. Anything else stays too, so that opening it reports the error.
 */
export function findModel(source: string): string {
  requireKind("model", source, "a text");
  if (builtIn.includes(source) || existsSync(source) || !NAME.test(source)) return source;
  const file = modelFile(source);
  return existsSync(file) ? file : source;
}

/** Models in the folder, by name; an empty list if there is no folder. */
export async function pulledModels(
  folder: string = modelFolder(),
): Promise<{ readonly name: string; readonly file: string; readonly byteCount: number }[]> {
  requireKind("folder", folder, "a text");
  const entries = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    throw cause;
  });
  const files = entries.filter((entry) => entry.endsWith(ENDING)).sort();
  return Promise.all(
    files.map(async (entry) => {
      const file = join(folder, entry);
      return { name: entry.slice(0, -ENDING.length), file, byteCount: (await stat(file)).size };
    }),
  );
}
