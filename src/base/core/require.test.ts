import { describe, expect, it } from "vitest";
import { OptionError } from "./errors.ts";
import {
  requireBetween,
  requireInteger,
  requireKnownKeys,
  requireObject,
  requireOneOf,
  requirePositive,
} from "./require.ts";

const refusal = (check: () => unknown): string => {
  try {
    check();
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError);
    return (error as Error).message;
  }
  return "";
};

describe("requireBetween", () => {
  it("takes the ends and what is between", () => {
    for (const value of [0, 0.5, 1]) expect(refusal(() => requireBetween("x", value, 0, 1))).toBe("");
  });
  it.each([-1e-9, 1 + 1e-9, Number.NaN, Number.POSITIVE_INFINITY])("refuses %f", (value) => {
    expect(refusal(() => requireBetween("cosFace: margin", value, 0, 1))).toBe(
      `cosFace: margin: got ${value}, expected a number in [0, 1]`,
    );
  });
});

describe("numbers that are not numbers", () => {
  it.each([null, [1], "1", undefined, {}])("refuses %o, which JavaScript might compare as a number", (value) => {
    expect(refusal(() => requireBetween("x", value as never, 0, 2))).toContain("expected a number in [0, 2]");
    expect(refusal(() => requirePositive("x", value as never))).toContain("expected a positive number");
    expect(refusal(() => requireInteger("x", value as never, 0))).toContain("expected a whole number");
  });
});

describe("text in place of a number", () => {
  it("is quoted", () => {
    const refused = refusal(() => requireBetween("threshold", "0.5" as never, -1, 1));
    expect(refused).toBe("threshold: got '0.5', expected a number in [-1, 1]");
    expect(refusal(() => requireInteger("width", "a" as never, 8))).toContain("width: got 'a', expected a whole");
  });
});

describe("requireKnownKeys", () => {
  const known = { threshold: true, far: true } as const;
  const check = (value: unknown) =>
    refusal(() => requireKnownKeys<{ threshold?: number; far?: number }>("verify", value as object, known));

  it("takes plain objects with some of the keys", () => {
    for (const value of [{}, { far: 1 }, { far: undefined }, Object.create(null)]) expect(check(value)).toBe("");
  });
  it("refuses an unknown key, and says which one was meant", () => {
    expect(check({ thresold: 1 })).toBe(
      "verify: got 'thresold', expected any of threshold, far: did you mean 'threshold'?",
    );
    expect(check({ colour: 1 })).toBe("verify: got 'colour', expected any of threshold, far");
    expect(check({ constructor: 1 })).toContain("got 'constructor'");
  });
  it.each([
    [null, "null"],
    [5, "a number"],
    ["text", "a string"],
    [[], "an empty list"],
    [[1], "a list of 1"],
    [new Date(0), "a value of type Date"],
  ])("refuses %o", (value, got) => {
    expect(check(value)).toBe(`verify: got ${got}, expected an object with any of threshold, far`);
  });
});

describe("requireObject", () => {
  it("takes an object, and names the type of anything else", () => {
    expect(refusal(() => requireObject("scores", {}))).toBe("");
    expect(refusal(() => requireObject("scores", null as never))).toBe("scores: got null, expected an object");
    expect(refusal(() => requireObject("scores", undefined as never))).toBe(
      "scores: got undefined, expected an object",
    );
    expect(refusal(() => requireObject("scores", "text" as never))).toBe("scores: got a string, expected an object");
  });
});

describe("requirePositive", () => {
  it("takes the smallest number above 0", () => {
    expect(refusal(() => requirePositive("x", Number.MIN_VALUE))).toBe("");
  });
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses %f", (value) => {
    expect(refusal(() => requirePositive("x", value))).toBe(`x: got ${value}, expected a positive number`);
  });
});

describe("requireInteger", () => {
  it("takes the lowest and the largest safe one", () => {
    for (const value of [3, Number.MAX_SAFE_INTEGER]) expect(refusal(() => requireInteger("x", value, 3))).toBe("");
  });
  it.each([2, 3.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuses %f", (value) => {
    expect(refusal(() => requireInteger("x", value, 3))).toBe(`x: got ${value}, expected a whole number of at least 3`);
  });
});

describe("requireOneOf", () => {
  it("gives the choice back, or names those there are", () => {
    expect(requireOneOf("flip", "sum", ["none", "sum"])).toBe("sum");
    expect(refusal(() => requireOneOf("flip", "Sum", ["none", "sum"]))).toBe(
      "flip: got 'Sum', expected one of none, sum",
    );
  });
});
