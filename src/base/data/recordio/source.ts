import { open } from "node:fs/promises";
import { DatasetError } from "../../core/index.ts";

/** Where the bytes of a record file come from. */
export interface ByteSource {
  /** For messages, such as "train.rec". */
  readonly name: string;
  /** Number of bytes. */
  readonly size: number;
  /** The bytes [offset, offset + length), or fewer at the end. Calls may overlap in time. */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A file, kept open until it is closed. @throws {DatasetError} when there is no such file. */
export async function fileSource(path: string, name: string): Promise<ByteSource> {
  const file = await open(path).catch((cause: unknown) => {
    throw new DatasetError(`${name}: cannot be opened: expected a RecordIO file`, { cause });
  });
  const { size } = await file.stat();
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
