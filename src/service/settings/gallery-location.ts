import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { OptionError } from "../../base/core/index.ts";
import type { Settings } from "./settings.ts";

const KEY = /^[0-9a-f]{64}$/i;

/**
 * The location of the gallery and its encryption keys, as `openGallery` takes them. A key comes from a file, since more
 * programs can see a command line or the environment than can read a file.
 *
 * @throws {OptionError} when the file of keys cannot be read, or a line of it is not a key.
 */
export async function galleryLocation({
  data,
  databaseUrl,
  encryptionKeyFile: file,
}: Pick<Settings, "data" | "databaseUrl" | "encryptionKeyFile">): Promise<{
  readonly location: string;
  readonly encryptionKeys: readonly Uint8Array[];
}> {
  const encryptionKeys = file === undefined ? [] : await readKeys(file);
  return { location: databaseUrl ?? join(data, "gallery"), encryptionKeys };
}

async function readKeys(file: string): Promise<Uint8Array[]> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new OptionError(`encryptionKeyFile: '${file}' cannot be read: ${cause.code}`, { cause });
  });
  const keys = text.split("\n").flatMap((line, i) => {
    const key = line.trim();
    if (key === "") return [];
    if (KEY.test(key)) return [Buffer.from(key, "hex")];
    throw new OptionError(
      `encryptionKeyFile: '${file}', line ${i + 1}: expected 64 hexadecimal digits, as 'openssl rand -hex 32' prints them`,
    );
  });
  if (keys.length > 0) return keys;
  throw new OptionError(`encryptionKeyFile: '${file}' has no key: make one with 'openssl rand -hex 32'`);
}
