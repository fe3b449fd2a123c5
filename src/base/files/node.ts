/** Files of Node.js: the file system, installed packages and URLs. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DownloadError } from "../core/index.ts";
import type { FileSource } from "./file-source.ts";

const PACKAGE_FILE = /^npm:((?:@[^/]+\/)?[^/]+)\/(.+)$/;

/** Files as a Node.js process reads them. */
export const nodeFiles: FileSource = {
  async read(address) {
    const [, name, path] = PACKAGE_FILE.exec(address) ?? [];
    if (name !== undefined && path !== undefined) return plain(await readFile(join(packageFolder(name), path)));
    if (/^https?:/.test(address)) return download(address);
    return plain(await readFile(address.startsWith("file:") ? new URL(address) : address));
  },
};

function packageFolder(name: string): string {
  return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
}

async function download(address: string): Promise<Uint8Array> {
  const { host } = new URL(address);
  const response = await fetch(address).catch((cause: unknown) => {
    throw new DownloadError(`${host} cannot be reached: is the network there?`, { cause });
  });
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  throw new DownloadError(`${host} answered ${response.status} ${response.statusText}, expected the file`);
}

/** The same memory as a plain Uint8Array, whose `slice` copies; a Buffer's does not. */
function plain({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
