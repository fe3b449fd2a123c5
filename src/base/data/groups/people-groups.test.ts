import { describe, expect, it } from "vitest";
import { parsePeopleGroups, readPeopleGroups } from "./people-groups.ts";

const refusal = (text: string) => () => parsePeopleGroups(text, "groups.csv");

describe("parsePeopleGroups", () => {
  it("reads a group for each person, names in NFC", () => {
    const [attribute, ...others] = parsePeopleGroups(
      '\uFEFFPerson,group\r\nJose\u0301,a\r\n"Doe, Ann", b \r\n',
      "g.csv",
    );
    expect(others).toEqual([]);
    expect(attribute).toEqual({
      name: "group",
      groups: ["a", "b"],
      groupOf: new Map([
        ["Jos\u00e9", "a"],
        ["Doe, Ann", "b"],
      ]),
    });
  });

  it("reads several attributes, and leaves out people whose field is empty", () => {
    const found = parsePeopleGroups("person,gender,age\n1,f,18–30\n2,,31–50\n3,m,\n", "g.csv");
    expect(found.map(({ name, groups }) => [name, groups])).toEqual([
      ["gender", ["f", "m"]],
      ["age", ["18–30", "31–50"]],
    ]);
    expect(found.map(({ groupOf }) => groupOf.size)).toEqual([2, 2]);
  });

  it("names file and line of what is wrong, and no person", () => {
    expect(refusal("")).toThrow("groups.csv:1: got nothing, expected a first line such as person,group");
    expect(refusal("Ann,a\nBen,b\n")).toThrow("groups.csv:1: got fields that are not titles of columns (2)");
    expect(refusal("person\nAnn\n")).toThrow(
      "groups.csv:1: got fields that are not titles of columns (1), expected a first line",
    );
    expect(refusal("person,a,a\nAnn,1,2\n")).toThrow("groups.csv:1: got two columns 'a'");
    expect(refusal("person,a\n")).toThrow("groups.csv:1: got no line below the first one");
    expect(refusal("person,a\nAnn,b,c\n")).toThrow("groups.csv:2: got 3 fields, expected 2 (person, a)");
    expect(refusal("person,a\n,b\n")).toThrow("groups.csv:2: got no name of a person");
    expect(refusal('person,a\nAnn,"b\nc"\n\nAnn,b\n')).toThrow("groups.csv:5: got the person of line 2 again");
  });

  it("says that a file does not exist", async () => {
    await expect(readPeopleGroups("nowhere.csv")).rejects.toThrow("nowhere.csv: there is no such file");
  });
});
