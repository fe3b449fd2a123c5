import { describe, expect, it } from "vitest";
import { requireJsonTypes } from "./json-types.ts";

const schema = {
  type: "object",
  properties: {
    name: { type: "string" },
    size: { type: "integer" },
    until: { anyOf: [{ type: "string" }, { type: "null" }] },
    list: { type: "array", items: { type: "object", properties: { on: { type: "boolean" } } } },
    any: {},
  },
};

describe("requireJsonTypes", () => {
  it.each([
    {},
    { name: "5", size: 5, until: null, list: [{ on: true }, {}], any: [1, { name: 5 }] },
    { unknown: 1, __proto__: null },
  ])("takes what the schema states: %j", (value) => {
    expect(() => requireJsonTypes(schema, value)).not.toThrow();
  });

  it.each([
    [null, "the body: got null, expected object"],
    [{ name: 5 }, "'name': got a number, expected string"],
    [{ size: "5" }, "'size': got a string, expected integer"],
    [{ until: 5 }, "'until': got a number, expected string or null"],
    [{ list: {} }, "'list': got an object with no fields, expected array"],
    [{ list: [{ on: "true" }] }, "'list[0].on': got a string, expected boolean"],
  ])("converts nothing: %j", (value, message) => {
    expect(() => requireJsonTypes(schema, value)).toThrow(`request: ${message}`);
  });

  it("reads the schema of JSON where a route takes other bodies too", () => {
    const several = { content: { "application/json": { schema } } };
    expect(() => requireJsonTypes(several, { name: 5 })).toThrow("'name': got a number");
  });
});
