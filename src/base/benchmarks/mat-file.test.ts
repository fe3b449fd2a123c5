import { describe, expect, it } from "vitest";
import { ageDbSplits, cell, matFile, numbers, structure, text } from "../../../test/support/mat-bytes.ts";
import { DatasetError } from "../core/index.ts";
import { readMatFile } from "./mat-file.ts";

const variables = () => [
  numbers([1, -2.5, 3e9], "wide"),
  numbers([1, -1, 0], "ab", true),
  text("a long name", "title"),
  cell([2, 1], [text("ab"), cell([1, 1], [numbers([7])])], "cell"),
  structure({ name: text("x"), value: numbers([4]) }, "structure"),
];

describe.each([
  ["compressed", true],
  ["plain", false],
])("a MAT-file, %s", (_, isCompressed) => {
  it("gives numbers, text, cells and structures by name", async () => {
    const found = await readMatFile(matFile(variables(), isCompressed), "a.mat");
    expect([...found.keys()]).toEqual(["wide", "ab", "title", "cell", "structure"]);
    expect(found.get("wide")).toEqual({ kind: "numbers", sizes: [1, 3], data: Float64Array.of(1, -2.5, 3e9) });
    expect(found.get("ab")).toMatchObject({ data: Float64Array.of(1, -1, 0) });
    expect(found.get("title")).toMatchObject({ kind: "text", text: "a long name" });
    expect(found.get("cell")).toMatchObject({
      kind: "cell",
      sizes: [2, 1],
      elements: [{ text: "ab" }, { kind: "cell", elements: [{ data: Float64Array.of(7) }] }],
    });
    expect(found.get("structure")).toMatchObject({ fields: ["name", "value"], elements: [[{ text: "x" }, {}]] });
  });

  it("is an error of its own wherever it is cut off, and never another one", async () => {
    const bytes = matFile([ageDbSplits([[{ left: "a", right: "b", same: true }]])], isCompressed);
    for (let length = 0; length < bytes.length; length += isCompressed ? 1 : 13) {
      const read = readMatFile(bytes.subarray(0, length), "a.mat");
      if (length === 128) expect((await read).size).toBe(0);
      else await expect(read, `${length} bytes`).rejects.toThrow(DatasetError);
    }
  });
});

describe("a MAT-file", () => {
  it("must be of level 5", async () => {
    await expect(readMatFile(Buffer.alloc(200), "a.mat")).rejects.toThrow("a.mat: got no MAT-file of level 5");
  });

  it("may not nest cells without end", async () => {
    const deep = Array.from({ length: 40 }).reduce<Buffer>((inner) => cell([1, 1], [inner]), numbers([1]));
    await expect(readMatFile(matFile([deep]), "a.mat")).rejects.toThrow("within each other more than 32 times");
  });
});
