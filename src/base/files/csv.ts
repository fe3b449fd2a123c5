/**
 * Tables of comma-separated values as RFC 4180 describes them, and as programs write them: a field in double quotes may
 * hold commas, line breaks and doubled quotes; lines end with CR LF, LF or CR; a byte order mark is not text of the
 * first field; empty lines hold no record.
 * @see Shafranovich, RFC 4180, 2005: https://www.rfc-editor.org/rfc/rfc4180
 */
import { DatasetError } from "../core/index.ts";

/** A record: its fields, and the line that it begins in, from 1. */
export type CsvRecord = { readonly line: number; readonly fields: readonly string[] };

/**
 * Splits a table into records.
 *
 * @param name what errors call the file.
 * @throws {DatasetError} that names file and line: for a quote within an unquoted field, text after a closing quote and
 *   a quote that is never closed.
 */
export function parseCsv(text: string, name: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  const refuse = (line: number, what: string) => new DatasetError(`${name}:${line}: ${what}`, { file: name });
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  let line = 1;
  let begin = line;
  let fields: string[] = [];
  while (at < text.length) {
    const quoted = text[at] === '"';
    let field = "";
    if (quoted) {
      const opened = line;
      for (at++; ; at++) {
        const character = text[at];
        if (character === undefined) throw refuse(opened, "got a quote without an end, expected a closing quote");
        if (character !== '"') {
          field += character;
          if (isBreak(text, at)) line++;
        } else if (text[at + 1] === '"') {
          field += '"';
          at++;
        } else break;
      }
      at++;
    } else {
      const end = endOfField(text, at);
      field = text.slice(at, end);
      if (field.includes('"')) throw refuse(line, "got a quote within a field, expected the whole field in quotes");
      at = end;
    }
    fields.push(field);
    const next = text[at];
    if (quoted && next !== undefined && !",\r\n".includes(next)) {
      throw refuse(line, "got text after a closing quote, expected a comma or the end of the line");
    }
    if (next === ",") {
      at++;
      // A comma at the very end of the file has an empty field behind it.
      if (at < text.length) continue;
      fields.push("");
    }
    if (fields.length > 1 || quoted || field !== "") records.push({ line: begin, fields });
    if (text[at] === "\r" && text[at + 1] === "\n") at++;
    at++;
    line++;
    begin = line;
    fields = [];
  }
  return records;
}

/** Whether a line ends at this character: CR LF counts once, at its LF. */
function isBreak(text: string, at: number): boolean {
  return text[at] === "\n" || (text[at] === "\r" && text[at + 1] !== "\n");
}

function endOfField(text: string, from: number): number {
  let end = from;
  while (end < text.length && !",\r\n".includes(text[end]!)) end++;
  return end;
}
