/**
 * The thread of the embedded database: PostgreSQL as WebAssembly holds the thread that calls it until a statement is done, so
 * that here it does not hold up what else the process does.
 */
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import type { SqlValue } from "./database.ts";
import type { PgliteMessage, PgliteOptions, PgliteTask, SentError } from "./pglite-messages.ts";
import { SEARCH_SETTINGS } from "./settings.ts";

const BYTEA = 17;
const BYTEA_ARRAY = 1001;

try {
  const { folder } = workerData as PgliteOptions;
  const pglite = await PGlite.create({
    ...(folder === undefined ? {} : { dataDir: folder }),
    extensions: { vector },
    parsers: { [BYTEA]: (text) => Buffer.from(text.slice(2), "hex") },
  });
  await pglite.exec("create extension if not exists vector");
  for (const [name, value] of Object.entries(SEARCH_SETTINGS)) await pglite.exec(`set ${name} = ${value}`);
  const serializers = await binaryTypes(pglite);
  let last: Promise<unknown> = Promise.resolve();
  parentPort!.on("message", (task: PgliteTask) => {
    last = last.then(() => answer(pglite, serializers, task));
  });
  send({ kind: "ready" });
} catch (error) {
  send({ kind: "failed", error: describeError(error) });
}

type Serializers = Record<number, (value: unknown) => string>;

/** PGlite writes what a serializer gives: text as text, bytes in binary format, though its type speaks of text alone. */
async function binaryTypes(pglite: PGlite): Promise<Serializers> {
  const { rows } = await pglite.query<{ vector: number; vectors: number }>(
    "select 'vector'::regtype::oid::integer as vector, 'vector[]'::regtype::oid::integer as vectors",
  );
  const asItIs = (value: unknown) => value as string;
  return Object.fromEntries([BYTEA, BYTEA_ARRAY, rows[0]!.vector, rows[0]!.vectors].map((type) => [type, asItIs]));
}

async function answer(pglite: PGlite, serializers: Serializers, task: PgliteTask): Promise<void> {
  try {
    send({ kind: "done", id: task.id, rows: await run(pglite, serializers, task) });
  } catch (error) {
    send({ kind: "refused", id: task.id, error: describeError(error) });
  }
}

async function run(pglite: PGlite, serializers: Serializers, task: PgliteTask): Promise<readonly unknown[]> {
  if (task.kind === "query") {
    const values: SqlValue[] = [...task.values];
    return (await pglite.query(task.text, values, { serializers })).rows;
  }
  if (task.kind === "script") await pglite.exec(task.text);
  else if (task.kind === "close") await pglite.close();
  else {
    const blob = new Blob(task.pieces as Uint8Array<ArrayBuffer>[]);
    await pglite.query(`copy ${task.target} from '/dev/blob' (format binary)`, [], { blob });
  }
  return [];
}

function describeError(error: unknown): SentError {
  const { code, message } = error as Error & { readonly code?: string };
  return { code, message };
}

function send(message: PgliteMessage): void {
  parentPort!.postMessage(message);
}
