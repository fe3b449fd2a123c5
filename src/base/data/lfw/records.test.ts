import { describe, expect, it } from "vitest";
import { DatasetError } from "../../core/index.ts";
import { parseLfwPairs } from "./records.ts";

const good = ["2\t1", "Ann_A\t1\t4", "Ann_A\t2\tBob\t12", "Cy\t3\t1", "Cy\t1\tBob\t10001"];

describe("parseLfwPairs", () => {
  it("reads sets of genuine and impostor pairs", () => {
    const { setCount, pairs } = parseLfwPairs(`${good.join("\r\n")}\n\n`, "pairs.txt");
    expect(setCount).toBe(2);
    expect(pairs).toEqual([
      { left: "Ann_A/Ann_A_0001.jpg", right: "Ann_A/Ann_A_0004.jpg", same: true, fold: 0, line: 2 },
      { left: "Ann_A/Ann_A_0002.jpg", right: "Bob/Bob_0012.jpg", same: false, fold: 0, line: 3 },
      { left: "Cy/Cy_0003.jpg", right: "Cy/Cy_0001.jpg", same: true, fold: 1, line: 4 },
      { left: "Cy/Cy_0001.jpg", right: "Bob/Bob_10001.jpg", same: false, fold: 1, line: 5 },
    ]);
  });

  it("reads names with spaces between tabs, empty lines, and a mark of UTF-8, and counts the file's lines", () => {
    const text = "\ufeff1\t1\n\nAnn van A\t1\t4\n\n  \nAnn van A\t2\tJose\u0301 B\t12\n";
    expect(parseLfwPairs(text, "pairs.txt").pairs).toEqual([
      { left: "Ann van A/Ann van A_0001.jpg", right: "Ann van A/Ann van A_0004.jpg", same: true, fold: 0, line: 3 },
      {
        left: "Ann van A/Ann van A_0002.jpg",
        right: "Jos\u00e9 B/Jos\u00e9 B_0012.jpg",
        same: false,
        fold: 0,
        line: 6,
      },
    ]);
  });

  it("reads View 1's single set", () => {
    const { setCount, pairs } = parseLfwPairs("1\nAnn\t1\t2\nAnn\t1\tBob\t1\n", "pairsDevTest.txt");
    expect(setCount).toBe(1);
    expect(pairs.map(({ fold }) => fold)).toEqual([0, 0]);
  });

  it.each([
    [
      "a line of two fields",
      2,
      "Bob\t1",
      "pairs.txt:3: got 2 fields, expected 3 (genuine) or 4 (impostor), with tabs between them if names have spaces",
    ],
    [
      "a name for a number",
      2,
      "Ann\tx\tBob\t1",
      "pairs.txt:3, left: got text for the image's number, expected 1 or more",
    ],
    ["spaces in a name", 2, "Ann A 2 Bob", "pairs.txt:3, left: got text for the image's number, expected 1 or more"],
    ["image number 0", 1, "Ann\t1\t0", "pairs.txt:2, right: got '0' for the image's number, expected 1 or more"],
    ["a path for a name", 1, "../x\t1\t2", "pairs.txt:2, left: a name may not be empty or a path"],
    ["no name", 2, "Ann\t1\t\t2", "pairs.txt:3, right: a name may not be empty or a path"],
    [
      "kinds out of place",
      2,
      "Ann\t1\t2",
      "pairs.txt:3: got a genuine pair, expected an impostor one: a set has its 1 genuine pairs first",
    ],
    [
      "no header",
      0,
      "Ann\t1\t2",
      "pairs.txt:1: expected the number of sets and of pairs of each kind in a set, such as '10 300'",
    ],
    ["too few pairs", 0, "3\t1", "pairs.txt: got 4 pairs, expected 6: 3 sets of 1 genuine and 1 impostor pairs"],
  ])("refuses %s", (_, line, replacement, message) => {
    const text = good.with(line, replacement).join("\n");
    expect(() => parseLfwPairs(text, "pairs.txt")).toThrow(new DatasetError(message));
  });

  it.each([
    ["latin1", "1\t1\nJos\u00e9\t1\t2\n", 2],
    ["utf16le", "1\t1\nBob\t1\t2\n", 1],
  ] as const)("says where a list in %s is not UTF-8", (encoding, list, line) => {
    const text = new TextDecoder().decode(Buffer.from(list, encoding));
    expect(() => parseLfwPairs(text, "pairs.txt")).toThrow(`pairs.txt:${line}: got bytes that are not UTF-8`);
  });

  it("refuses an empty file", () => {
    expect(() => parseLfwPairs("", "pairs.txt")).toThrow("pairs.txt:1: expected the number of sets");
  });
});
