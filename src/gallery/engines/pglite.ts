/** PostgreSQL as WebAssembly in this process: nothing to install, one connection, files in a folder or in memory. */
import { mkdir } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { PGlite, type PGliteInterface, type Transaction } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { type CopyField, encodeCopy } from "./copy-format.ts";
import type { Connection, Database, SqlValue } from "./database.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import { SEARCH_SETTINGS } from "./settings.ts";
import { isServerState, unavailable } from "./unavailable.ts";

const BYTEA = 17;
const BYTEA_ARRAY = 1001;

/** Opens or creates the database in `folder`; in memory without one. @throws {UnavailableError} when another process has it. */
export async function openPglite(folder: string | undefined): Promise<Database> {
  if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = folder === undefined ? undefined : await lockFolder(folder);
  try {
    const pglite = await PGlite.create({
      ...(folder === undefined ? {} : { dataDir: folder }),
      extensions: { vector },
      parsers: { [BYTEA]: (text) => Buffer.from(text.slice(2), "hex") },
    });
    await pglite.exec("create extension if not exists vector");
    for (const [name, value] of Object.entries(SEARCH_SETTINGS)) await pglite.exec(`set ${name} = ${value}`);
    return new PgliteDatabase(pglite, await binaryTypes(pglite), lock);
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

type Serializers = Record<number, (value: unknown) => string>;

/** PGlite writes what a serializer gives: text as text, bytes in binary format, though its type speaks of text alone. */
async function binaryTypes(pglite: PGliteInterface): Promise<Serializers> {
  const { rows } = await pglite.query<{ vector: number; vectors: number }>(
    "select 'vector'::regtype::oid::integer as vector, 'vector[]'::regtype::oid::integer as vectors",
  );
  const asItIs = (value: unknown) => value as string;
  return Object.fromEntries([BYTEA, BYTEA_ARRAY, rows[0]!.vector, rows[0]!.vectors].map((type) => [type, asItIs]));
}

class PgliteConnection implements Connection {
  readonly #target: PGliteInterface | Transaction;
  readonly #serializers: Serializers;

  constructor(target: PGliteInterface | Transaction, serializers: Serializers) {
    this.#target = target;
    this.#serializers = serializers;
  }

  async query<Row>(text: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    const serializers = this.#serializers;
    const { rows } = await available(this.#target.query<Row>(text, [...values], { serializers }));
    return rows;
  }

  async script(text: string): Promise<void> {
    await available(this.#target.exec(text));
  }

  async copy(target: string, rows: Iterable<readonly CopyField[]>): Promise<void> {
    const blob = new Blob([...encodeCopy(rows)]);
    await available(this.#target.query(`copy ${target} from '/dev/blob' (format binary)`, [], { blob }));
  }
}

class PgliteDatabase extends PgliteConnection implements Database {
  readonly engine = "pglite";
  readonly #pglite: PGlite;
  readonly #serializers: Serializers;
  readonly #lock: FolderLock | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(pglite: PGlite, serializers: Serializers, lock: FolderLock | undefined) {
    super(pglite, serializers);
    this.#pglite = pglite;
    this.#serializers = serializers;
    this.#lock = lock;
  }

  override query<Row>(text: string, values?: readonly SqlValue[]): Promise<Row[]> {
    return this.#inTurn(() => super.query<Row>(text, values));
  }

  override script(text: string): Promise<void> {
    return this.#inTurn(() => super.script(text));
  }

  override copy(target: string, rows: Iterable<readonly CopyField[]>): Promise<void> {
    return this.#inTurn(() => super.copy(target, rows));
  }

  transaction<Result>(run: (connection: Connection) => Promise<Result>): Promise<Result> {
    return this.#inTurn(() =>
      available(this.#pglite.transaction((transaction) => run(new PgliteConnection(transaction, this.#serializers)))),
    );
  }

  async close(): Promise<void> {
    if (!this.#pglite.closed) await this.#pglite.close();
    await this.#lock?.release();
  }

  /**
   * One after the other, with a turn of the event loop between them: PGlite works on it, and of queries that wait for each
   * other nobody would hear a new request before the last is done.
   */
  #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(run);
    this.#last = result.then(
      () => setImmediate(),
      () => setImmediate(),
    );
    return result;
  }
}

/** Passes on errors of the query and of whoever runs it; a disk that is full is no fault of either. */
async function available<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code !== undefined && isServerState(code)) throw unavailable("the embedded database", code, error);
    throw error;
  }
}
