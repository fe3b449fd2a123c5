/**
 * Enrollment a row, both ways by turns. One is a plain client: for each row a statement with its values as text, sent when the
 * one before it is committed; the embedding is written as text within the time, as bulk enrollment encodes its own.
 */
import { randomUUID } from "node:crypto";
import { openDatabase } from "../../src/service/gallery/engines/index.ts";
import { type Collection, openGallery } from "../../src/service/gallery/index.ts";
import { median } from "../measurement.ts";

/** Rows that a round inserts as text. */
const TEXT_ROWS = 200;
/** A gallery's first rounds are slower on both sides, while its files grow and the compiler learns. */
const WARM_UP = 1;

/** Milliseconds a row of a round. */
type Round = {
  readonly textPerson: number;
  readonly textTemplate: number;
  /** People who are new, with a template each. */
  readonly bulkPeople: number;
  /** Another template of each. */
  readonly bulkTemplates: number;
};

/** Lines that say it, of a collection of id 1 at the location. */
export async function measureEnrollment(
  location: string,
  name: string,
  embeddings: readonly Float32Array[],
  rounds: number,
): Promise<string[]> {
  const measured: Round[] = [];
  for (let round = 0; round < WARM_UP + rounds; round++) {
    const text = await insertAsText(location, embeddings, round);
    const gallery = await openGallery({ location });
    const collection = await gallery.collection(name);
    const bulkPeople = await enroll(collection, embeddings, round);
    const bulkTemplates = await enroll(collection, embeddings, round);
    await gallery.close();
    if (round >= WARM_UP) measured.push({ ...text, bulkPeople, bulkTemplates });
  }
  const describe = (what: string, plain: (round: Round) => number, bulk: (round: Round) => number) => {
    const [one, other] = [median(measured.map(plain)), median(measured.map(bulk))];
    const ratios = measured.map((round) => plain(round) / bulk(round)).sort((a, b) => a - b);
    const range = `${ratios[0]!.toFixed(0)} to ${ratios.at(-1)!.toFixed(0)}`;
    const times = `text INSERT ${one.toFixed(3)} ms a row, bulk ${other.toFixed(4)} ms a row`;
    return `${what}: ${times}, ratio ${(one / other).toFixed(0)} (${range} in ${rounds} rounds)`;
  };
  return [
    describe(
      "people with a template",
      ({ textPerson, textTemplate }) => textPerson + textTemplate,
      ({ bulkPeople }) => bulkPeople,
    ),
    describe(
      "templates of known people",
      ({ textTemplate }) => textTemplate,
      ({ bulkTemplates }) => bulkTemplates,
    ),
  ];
}

async function insertAsText(
  location: string,
  embeddings: readonly Float32Array[],
  round: number,
): Promise<Pick<Round, "textPerson" | "textTemplate">> {
  const database = await openDatabase(location, 1);
  const rows = Array.from({ length: TEXT_ROWS }, (_, i) => ({ id: randomUUID(), embedding: embeddings[i]! }));
  const textPerson = await averageTime(rows, ({ id }) =>
    database.script(`insert into subjects (id, collection_id, name) values ('${id}', 1, 'text ${round} ${id}')`),
  );
  const textTemplate = await averageTime(rows, ({ id, embedding }) =>
    database.script(
      `insert into templates (id, collection_id, subject_id, embedding, model, revision)
       values ('${randomUUID()}', 1, '${id}', '[${embedding.join(",")}]', 'text', 0)`,
    ),
  );
  await database.close();
  return { textPerson, textTemplate };
}

async function averageTime<Row>(rows: readonly Row[], run: (row: Row) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (const row of rows) await run(row);
  return (performance.now() - start) / rows.length;
}

async function enroll(collection: Collection, embeddings: readonly Float32Array[], round: number): Promise<number> {
  const start = performance.now();
  await collection.enrollMany(
    embeddings.map((embedding, i) => ({ subject: `person ${round} ${i}`, embedding, model: collection.model })),
  );
  return (performance.now() - start) / embeddings.length;
}
