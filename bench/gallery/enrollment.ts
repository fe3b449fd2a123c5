/**
 * Enrollment per row by two methods in alternating rounds. The reference is a plain client: for each row one statement
 * with its values as text, sent when the previous one is committed. The time includes writing the embedding as text, as
 * that of bulk enrollment includes its encoding.
 */
import { randomUUID } from "node:crypto";
import { openDatabase } from "../../src/service/gallery/engines/index.ts";
import { type Collection, openGallery } from "../../src/service/gallery/index.ts";
import { median } from "../measurement.ts";

/** Rows per round that are inserted as text. */
const TEXT_ROWS = 200;
/** Warm-up rounds: the first rounds are slower on both sides, while files grow and V8 optimizes. */
const WARM_UP = 1;

/** Milliseconds per row of a round. */
type Round = {
  readonly textPerson: number;
  readonly textTemplate: number;
  /** New people with one template each. */
  readonly bulkPeople: number;
  /** One more template of each. */
  readonly bulkTemplates: number;
};

/** Result lines for the collection with id 1 at the location. */
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
    const times = `text INSERT ${one.toFixed(3)} ms per row, bulk ${other.toFixed(4)} ms per row`;
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
