import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCsv } from "./csv.ts";

const fieldsOf = (text: string) => parseCsv(text, "a.csv").map(({ fields }) => fields);

describe("parseCsv", () => {
  it("reads quoted commas, quotes and line breaks, and counts lines through them", () => {
    const records = parseCsv('person,group\r\n"Doe, Ann","a ""b"""\r\n\r\n"two\r\nlines",c\rlast,"d"', "a.csv");
    expect(records).toEqual([
      { line: 1, fields: ["person", "group"] },
      { line: 2, fields: ["Doe, Ann", 'a "b"'] },
      { line: 4, fields: ["two\r\nlines", "c"] },
      { line: 6, fields: ["last", "d"] },
    ]);
  });

  it("removes a byte order mark, and keeps empty fields and spaces", () => {
    expect(fieldsOf("\uFEFFa,b\n")).toEqual([["a", "b"]]);
    expect(fieldsOf("a,,c\n,\n x ,")).toEqual([
      ["a", "", "c"],
      ["", ""],
      [" x ", ""],
    ]);
    expect(fieldsOf('""\n')).toEqual([[""]]);
    expect(fieldsOf("")).toEqual([]);
  });

  it("names file and line of what is not a table", () => {
    expect(() => fieldsOf('a,b\nc"d,e')).toThrow("a.csv:2: got a quote within a field");
    expect(() => fieldsOf('a,b\n"c"d,e')).toThrow("a.csv:2: got text after a closing quote");
    expect(() => fieldsOf('a,b\nc,"d\ne')).toThrow("a.csv:2: got a quote without an end");
  });

  it("reads back what was written", () => {
    const field = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", " ", "é", "\uFEFF") });
    const table = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 5 });
    fc.assert(
      fc.property(table, fc.constantFrom("\n", "\r\n", "\r"), (rows, end) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        expect(fieldsOf(rows.map((row) => row.map(quote).join(",") + end).join(""))).toEqual(rows);
      }),
    );
  });
});
