import { files } from "./platform.ts";

/** Reads a file by its address: a path, a URL, or `npm:PACKAGE/PATH` for a file of an installed package. */
export function readBytes(address: string): Promise<Uint8Array> {
  return files.read(address);
}

/** Reads a file of UTF-8 text by its address, as {@link readBytes}. */
export async function readText(address: string): Promise<string> {
  return new TextDecoder().decode(await files.read(address));
}

/** The address of a file in the same folder as another. */
export function addressBeside(address: string, name: string): string {
  return address.replace(/[^/\\]*$/, name);
}

/** Why a file cannot be read, from the code of the system's error, whose message holds the path. */
export function describeReadError({ code = "unknown error" }: { readonly code?: string | undefined }): string {
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "got a folder, expected a file";
  return `the file cannot be read (${code})`;
}
