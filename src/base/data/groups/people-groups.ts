/**
 * The groups that people belong to, from a table: `person,group`, or `person,gender,age` with a column for each
 * attribute. The first line names the columns. A person's name is that of its folder.
 */
import { DatasetError } from "../../core/index.ts";
import { type CsvRecord, describeReadError, parseCsv, readText } from "../../files/index.ts";

/** An attribute of people, and the group that each person belongs to by it. */
export type PeopleAttribute = {
  /** Title of the column, such as "group" or "age". */
  readonly name: string;
  /** Groups in order of first appearance. */
  readonly groups: readonly string[];
  /** Group of each person, by the person's name in Unicode's composed form (NFC); people without one are missing. */
  readonly groupOf: ReadonlyMap<string, string>;
};

/** The column of names. */
const PERSON = "person";

/**
 * Reads a table of groups.
 *
 * @throws {DatasetError} that names file and line: when the file cannot be read, has no column of names or no other
 *   column, a line has more or fewer fields than the first one, a person is missing or stands in two lines.
 */
export async function readPeopleGroups(path: string): Promise<PeopleAttribute[]> {
  const text = await readText(path).catch((cause: { readonly code?: string }) => {
    throw new DatasetError(`${path}: ${describeReadError(cause)}`, { cause, file: path });
  });
  return parsePeopleGroups(text, path);
}

/** The groups in the text of a table. @param name what errors call the file. @throws as {@link readPeopleGroups}. */
export function parsePeopleGroups(text: string, name: string): PeopleAttribute[] {
  const [head, ...records] = parseCsv(text, name);
  const refuse = (line: number, what: string) => new DatasetError(`${name}:${line}: ${what}`, { file: name });
  const titles = head?.fields.map((title) => title.trim()) ?? [];
  const [first, ...attributes] = titles;
  if (first?.toLowerCase() !== PERSON || attributes.length === 0 || attributes.some((title) => title === "")) {
    // Without the words of the line: a table without titles begins with a person.
    const got = titles.length === 0 ? "nothing" : `fields that are not titles of columns (${titles.length})`;
    throw refuse(head?.line ?? 1, `got ${got}, expected a first line such as person,group`);
  }
  const twice = attributes.find((title, i) => attributes.indexOf(title) !== i);
  if (twice !== undefined) throw refuse(head?.line ?? 1, `got two columns '${twice}', expected one of each name`);
  if (records.length === 0)
    throw refuse(head?.line ?? 1, "got no line below the first one, expected one for each person");
  const lines = new Map<string, number>();
  for (const { line, fields } of records) {
    if (fields.length !== titles.length) {
      throw refuse(line, `got ${fields.length} fields, expected ${titles.length} (${titles.join(", ")})`);
    }
    const person = personOf(fields);
    if (person === "") throw refuse(line, "got no name of a person, expected one in the first field");
    const before = lines.get(person);
    if (before !== undefined) throw refuse(line, `got the person of line ${before} again, expected each person once`);
    lines.set(person, line);
  }
  return attributes.map((title, column) => attributeOf(title, column + 1, records));
}

function attributeOf(name: string, column: number, records: readonly CsvRecord[]): PeopleAttribute {
  const groupOf = new Map<string, string>();
  for (const { fields } of records) {
    const group = (fields[column] ?? "").trim();
    if (group !== "") groupOf.set(personOf(fields), group);
  }
  return { name, groups: [...new Set(groupOf.values())], groupOf };
}

function personOf([name = ""]: readonly string[]): string {
  return name.trim().normalize("NFC");
}
