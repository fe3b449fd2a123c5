/**
 * PostgreSQL as WebAssembly in this process: nothing to install, one connection, files in a folder or in memory. It
 * runs on its own thread, so that statements do not block the event loop. When that thread ends by a fault, the next
 * statement starts another on the same folder, which recovers as PostgreSQL does after a crash; a database in memory is
 * gone with its thread.
 */
import { mkdir } from "node:fs/promises";
import { UnavailableError } from "../../../base/core/index.ts";
import { type KeptThread, keepThread, type SentError, type Thread } from "../../../base/threads/index.ts";
import { type CopyField, encodeCopy } from "./copy-format.ts";
import type { Connection, Database, SqlValue } from "./database.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import type { PgliteOptions, PgliteTask } from "./pglite-messages.ts";
import { isServerState, unavailable } from "./unavailable.ts";

/**
 * Longest time in seconds for one statement; a bulk insert of a batch and a scan of a million templates take far less.
 */
const STATEMENT_SECONDS = 120;
/** The same for building an index, for changing the schema, and for closing. */
const LONG_STATEMENT_SECONDS = 4 * 60 * 60;

type DatabaseThread = Thread<null, PgliteTask, readonly unknown[]>;

/**
 * Opens or creates the database in `folder`; in memory without one.
 *
 * @throws {UnavailableError} when another process has it.
 */
export async function openPglite(folder: string | undefined): Promise<Database> {
  if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = folder === undefined ? undefined : await lockFolder(folder);
  try {
    const data: PgliteOptions = { folder };
    const options = { data, stopped, receive, answerSeconds: STATEMENT_SECONDS };
    return new PgliteDatabase(await keepThread("service/gallery/engines/pglite-thread", options), folder, lock);
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

class PgliteDatabase implements Database {
  readonly engine = "pglite";
  readonly #kept: KeptThread<null, PgliteTask, readonly unknown[]>;
  readonly #folder: string | undefined;
  readonly #lock: FolderLock | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    kept: KeptThread<null, PgliteTask, readonly unknown[]>,
    folder: string | undefined,
    lock: FolderLock | undefined,
  ) {
    this.#kept = kept;
    this.#folder = folder;
    this.#lock = lock;
  }

  query<Row>(text: string, values?: readonly SqlValue[]): Promise<Row[]> {
    return this.#inTurn((connection) => connection.query<Row>(text, values));
  }

  script(text: string): Promise<void> {
    return this.#inTurn((connection) => connection.script(text));
  }

  copy(target: string, rows: Iterable<readonly CopyField[]>): Promise<void> {
    return this.#inTurn((connection) => connection.copy(target, rows));
  }

  transaction<Result>(run: (connection: Connection) => Promise<Result>): Promise<Result> {
    return this.#inTurn(async (connection) => {
      await connection.script("begin");
      try {
        const result = await run(connection);
        await connection.script("commit");
        return result;
      } catch (error) {
        // When even that fails, the thread has ended, and the database rolls back when it is opened again.
        await connection.script("rollback").catch(() => undefined);
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    // Waits for its turn, and closes the database where there is still one to close.
    const closed = this.#last.then(async () => {
      const { latest } = this.#kept;
      if (!latest.isStopped) await latest.ask({ kind: "close" }, { seconds: LONG_STATEMENT_SECONDS });
    });
    this.#last = closed.catch(() => undefined);
    await closed;
    await this.#kept.stop();
    await this.#lock?.release();
  }

  /**
   * Runs on the one connection, after what was asked for before. A transaction keeps the thread that it began on: if
   * that ends, the rest of the transaction fails instead of running outside of it.
   */
  #inTurn<Result>(run: (connection: Connection) => Promise<Result>): Promise<Result> {
    const result = this.#last.then(async () => run(new PgliteConnection(await this.#thread())));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #thread(): Promise<DatabaseThread> {
    // A new thread in memory would be an empty database.
    return this.#folder === undefined ? this.#kept.latest : this.#kept.running();
  }
}

/** The connection of a thread. */
class PgliteConnection implements Connection {
  readonly #thread: DatabaseThread;

  constructor(thread: DatabaseThread) {
    this.#thread = thread;
  }

  async query<Row>(text: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    const isLong = /^\s*create index/.test(text);
    const limit = isLong ? { seconds: LONG_STATEMENT_SECONDS } : {};
    const rows = await this.#thread.ask({ kind: "query", text, values }, limit);
    return rows.map((row) => withBuffers(row as object) as Row);
  }

  async script(text: string): Promise<void> {
    await this.#thread.ask({ kind: "script", text }, { seconds: LONG_STATEMENT_SECONDS });
  }

  async copy(target: string, rows: Iterable<readonly CopyField[]>): Promise<void> {
    await this.#thread.ask({ kind: "copy", target, pieces: [...encodeCopy(rows)] });
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

/**
 * An error of the query with its SQLSTATE; one of the database itself, such as a full disk, is an `UnavailableError`.
 */
function receive({ code, message }: SentError): Error {
  const error = Object.assign(new Error(message), code === undefined ? {} : { code });
  return code !== undefined && isServerState(code) ? unavailable("the embedded database", code, error) : error;
}

function stopped(): UnavailableError {
  return new UnavailableError("gallery: the embedded database has stopped: try again, or open the gallery again");
}
