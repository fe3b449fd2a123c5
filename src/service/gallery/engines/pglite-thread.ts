/**
 * The thread of the embedded database: PostgreSQL as WebAssembly blocks the thread that calls it until a statement is
 * done, so it runs beside the rest of the process.
 */
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { answerQuestions } from "../../../base/threads/index.ts";
import type { SqlValue } from "./database.ts";
import type { PgliteOptions, PgliteTask } from "./pglite-messages.ts";
import { SEARCH_SETTINGS } from "./settings.ts";

const BYTEA = 17;
const BYTEA_ARRAY = 1001;

await answerQuestions(async ({ folder }: PgliteOptions) => {
  const pglite = await PGlite.create({
    ...(folder === undefined ? {} : { dataDir: folder }),
    extensions: { vector },
    parsers: { [BYTEA]: (text) => Buffer.from(text.slice(2), "hex") },
  });
  await pglite.exec("create extension if not exists vector");
  for (const [name, value] of Object.entries(SEARCH_SETTINGS)) await pglite.exec(`set ${name} = ${value}`);
  const serializers = await binaryTypes(pglite);
  let last: Promise<unknown> = Promise.resolve();
  return {
    opened: null,
    answer: (task: PgliteTask) => {
      const rows = last.then(() => run(pglite, serializers, task));
      last = rows.catch(() => undefined);
      return rows;
    },
  };
});

type Serializers = Record<number, (value: unknown) => string>;

/**
 * PGlite sends a serializer's output as it is: text as text, bytes in binary format, although its type admits text
 * alone.
 */
async function binaryTypes(pglite: PGlite): Promise<Serializers> {
  const { rows } = await pglite.query<{ vector: number; vectors: number }>(
    "select 'vector'::regtype::oid::integer as vector, 'vector[]'::regtype::oid::integer as vectors",
  );
  const asItIs = (value: unknown) => value as string;
  const vectorTypes = rows.flatMap(({ vector, vectors }) => [vector, vectors]);
  return Object.fromEntries([BYTEA, BYTEA_ARRAY, ...vectorTypes].map((type) => [type, asItIs]));
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
