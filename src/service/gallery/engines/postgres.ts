/** A PostgreSQL server over the network, through a pool of connections. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { type CopyField, encodeCopy } from "./copy-format.ts";
import type { Connection, Database, SqlValue } from "./database.ts";
import { SEARCH_SETTINGS } from "./settings.ts";
import { isServerState, unavailable } from "./unavailable.ts";

const CONNECTION_TIMEOUT = 5000;

/** Connects to `postgres://…`. @throws {UnavailableError} when the server does not answer or refuses. */
export async function openPostgres(url: string, maximumConnections: number): Promise<Database> {
  const { address, options } = sessionOptions(url);
  const pool = new pg.Pool({
    connectionString: address,
    max: maximumConnections,
    connectionTimeoutMillis: CONNECTION_TIMEOUT,
    application_name: "cosface",
    options,
  });
  // A connection that breaks while idle leaves the pool; the next query opens another and reports a failure.
  pool.on("error", () => undefined);
  // One that breaks within a transaction, between two queries, would end the process without a listener.
  pool.on("connect", (client) => client.on("error", () => undefined));
  const database = new PostgresDatabase(pool);
  try {
    await database.query("select 1");
  } catch (error) {
    await pool.end();
    throw error;
  }
  return database;
}

/** Settings of a session. Those of the address, `?options=-c name=value`, come last and override the others. */
function sessionOptions(url: string): { readonly address: string; readonly options: string } {
  const address = new URL(url);
  const given = address.searchParams.get("options");
  address.searchParams.delete("options");
  const own = Object.entries(SEARCH_SETTINGS).map(([name, value]) => `-c ${name}=${value}`);
  return { address: address.href, options: [...own, ...(given === null ? [] : [given])].join(" ") };
}

class PostgresConnection implements Connection {
  readonly #target: pg.Pool | pg.PoolClient;

  constructor(target: pg.Pool | pg.PoolClient) {
    this.#target = target;
  }

  async query<Row>(text: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    const { rows } = await available(this.#target.query(text, values.map(asParameter)));
    return rows;
  }

  async script(text: string): Promise<void> {
    await available(this.#target.query(text));
  }

  async copy(target: string, rows: Iterable<readonly CopyField[]>): Promise<void> {
    const stream = this.#target.query(copyFrom(`copy ${target} from stdin (format binary)`));
    await available(pipeline(Readable.from(encodeCopy(rows)), stream));
  }
}

class PostgresDatabase extends PostgresConnection implements Database {
  readonly engine = "postgres";
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    super(pool);
    this.#pool = pool;
  }

  async transaction<Result>(run: (connection: Connection) => Promise<Result>): Promise<Result> {
    const client = await available(this.#pool.connect());
    const connection = new PostgresConnection(client);
    let broken: Error | undefined;
    try {
      await connection.query("begin");
      const result = await run(connection);
      await connection.query("commit");
      return result;
    } catch (error) {
      // If even that fails, the connection is gone, and the server has rolled the transaction back.
      await connection.query("rollback").catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async close(): Promise<void> {
    if (!this.#pool.ended) await this.#pool.end();
  }
}

/** The driver sends a `Buffer` in binary format, and no other array of bytes. */
function asParameter(value: SqlValue): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

/** Passes on errors of the query, and converts errors of the server to {@link UnavailableError}. */
async function available<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (cause) {
    if (cause instanceof pg.DatabaseError && !isServerState(cause.code)) throw cause;
    throw unavailable("PostgreSQL", (cause as NodeJS.ErrnoException).code ?? (cause as Error).message, cause);
  }
}
