import { describe, expect, it } from "vitest";
import * as core from "./index.ts";

const kinds = Object.entries(core).flatMap(([name, value]) =>
  typeof value === "function" && value.prototype instanceof core.CosfaceError
    ? [[name, value as typeof core.OptionError] as const]
    : [],
);

describe("errors", () => {
  it("have codes of their own", () => {
    const codes = kinds.map(([, Kind]) => new Kind("").code);
    expect(codes.length).toBe(23);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each(kinds)("%s: carries its name, its message and its cause", (name, Kind) => {
    const cause = new Error("below");
    const error = new Kind("got 1, expected 2", { cause });
    expect(error).toBeInstanceOf(core.CosfaceError);
    expect(error).toMatchObject({ name, message: "got 1, expected 2", cause });
    expect(error.code).toMatch(/^COSFACE_[A-Z_]+$/);
  });
});
