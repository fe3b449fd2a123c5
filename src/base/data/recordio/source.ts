import { open, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DatasetError } from "../../core/index.ts";

/** The source of a record file's bytes. */
export interface ByteSource {
  /** Name for messages, such as "train.rec". */
  readonly name: string;
  /** Number of bytes. */
  readonly size: number;
  /** The bytes [offset, offset + length), or fewer at the end. Calls may overlap in time. */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a file, until `close` is called. @throws {DatasetError} when it cannot be opened. */
export async function fileSource(path: string): Promise<ByteSource> {
  const name = basename(path);
  const file = await open(path).catch((cause: unknown) => {
    throw new DatasetError(`${name}: cannot be opened: expected a RecordIO file`, { cause });
  });
  const found = await file.stat();
  if (!found.isFile()) {
    await file.close();
    throw new DatasetError(`${name}: got a folder, expected a RecordIO file, such as train.rec in it`);
  }
  const { size } = found;
  let closing: Promise<void> | undefined;
  return {
    name,
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
      return bytes.subarray(0, bytesRead);
    },
    close() {
      closing ??= file.close();
      return closing;
    },
  };
}

/** Bytes in memory. */
export function memorySource(bytes: Uint8Array, name: string): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    close: async () => {},
  };
}

/** The texts of `train.idx` and `property` beside a record file, where there are such files. */
export async function readCompanions(
  path: string,
): Promise<{ index: string | undefined; property: string | undefined }> {
  return {
    index: await readIfThere(path.replace(/\.rec$/, ".idx")),
    property: await readIfThere(join(dirname(path), "property")),
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw cause;
  }
}
