/**
 * PostgreSQL as WebAssembly in this process: nothing to install, one connection, files in a folder or in memory. It runs on a
 * thread of its own, so that statements take none of the event loop's time.
 */
import { mkdir } from "node:fs/promises";
import { UnavailableError } from "../../../base/core/index.ts";
import { type SentError, startThread, type Thread } from "../../../base/threads/index.ts";
import { type CopyField, encodeCopy } from "./copy-format.ts";
import type { Connection, Database, SqlValue } from "./database.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import type { PgliteOptions, PgliteTask } from "./pglite-messages.ts";
import { isServerState, unavailable } from "./unavailable.ts";

/** Opens or creates the database in `folder`; in memory without one. @throws {UnavailableError} when another process has it. */
export async function openPglite(folder: string | undefined): Promise<Database> {
  if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = folder === undefined ? undefined : await lockFolder(folder);
  try {
    return new PgliteDatabase(await PgliteThread.start({ folder }), lock);
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

class PgliteDatabase implements Database {
  readonly engine = "pglite";
  readonly #thread: PgliteThread;
  readonly #lock: FolderLock | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(thread: PgliteThread, lock: FolderLock | undefined) {
    this.#thread = thread;
    this.#lock = lock;
  }

  query<Row>(text: string, values?: readonly SqlValue[]): Promise<Row[]> {
    return this.#inTurn(() => this.#thread.query<Row>(text, values));
  }

  script(text: string): Promise<void> {
    return this.#inTurn(() => this.#thread.script(text));
  }

  copy(target: string, rows: Iterable<readonly CopyField[]>): Promise<void> {
    return this.#inTurn(() => this.#thread.copy(target, rows));
  }

  transaction<Result>(run: (connection: Connection) => Promise<Result>): Promise<Result> {
    return this.#inTurn(async () => {
      await this.#thread.script("begin");
      try {
        const result = await run(this.#thread);
        await this.#thread.script("commit");
        return result;
      } catch (error) {
        // When even that fails, the thread has ended, and the database undoes it when it is opened again.
        await this.#thread.script("rollback").catch(() => undefined);
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.#inTurn(() => this.#thread.close());
    await this.#lock?.release();
  }

  /** There is one connection: what is asked for during a transaction waits for its end. */
  #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(run);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** The thread's connection. */
class PgliteThread implements Connection {
  readonly #thread: Thread<null, PgliteTask, readonly unknown[]>;

  private constructor(thread: Thread<null, PgliteTask, readonly unknown[]>) {
    this.#thread = thread;
  }

  static async start(data: PgliteOptions): Promise<PgliteThread> {
    return new PgliteThread(await startThread("service/gallery/engines/pglite-thread", { data, stopped, receive }));
  }

  async query<Row>(text: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    const rows = await this.#thread.ask({ kind: "query", text, values });
    return rows.map((row) => withBuffers(row as object) as Row);
  }

  async script(text: string): Promise<void> {
    await this.#thread.ask({ kind: "script", text });
  }

  async copy(target: string, rows: Iterable<readonly CopyField[]>): Promise<void> {
    await this.#thread.ask({ kind: "copy", target, pieces: [...encodeCopy(rows)] });
  }

  async close(): Promise<void> {
    if (this.#thread.isStopped) return;
    await this.#thread.ask({ kind: "close" });
    await this.#thread.stop();
  }
}

/** Between threads a `Buffer` becomes a plain array of bytes. */
function withBuffers(row: object): object {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value,
    ]),
  );
}

/** An error of the query with its SQLSTATE; a disk that is full is no fault of the query's. */
function receive({ code, message }: SentError): Error {
  const error = Object.assign(new Error(message), code === undefined ? {} : { code });
  return code !== undefined && isServerState(code) ? unavailable("the embedded database", code, error) : error;
}

function stopped(): UnavailableError {
  return new UnavailableError("gallery: the embedded database has stopped: open the gallery again");
}
