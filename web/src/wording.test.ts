import { describe, expect, it } from "vitest";
import { countOf, dayField, endOfDay, expiryOf } from "./wording.ts";

describe("days", () => {
  it("go from a date field to the end of the day and back, in any time zone", () => {
    expect(dayField(endOfDay("2027-01-31"))).toBe("2027-01-31");
    expect(new Date(endOfDay("2027-01-31")!).getHours()).toBe(23);
  });

  it("may be missing", () => {
    expect(endOfDay("")).toBeNull();
    expect(dayField(null)).toBe("");
  });

  it("say whether they are past", () => {
    const now = new Date("2027-06-01T12:00:00Z");
    expect(expiryOf("2027-06-01T12:00:00Z", now)).toMatch(/^expired /);
    expect(expiryOf("2027-06-02T00:00:00Z", now)).toMatch(/^until /);
  });
});

it("counts in words", () => {
  expect([0, 1, 2].map((count) => countOf(count, "face", "faces"))).toEqual(["0 faces", "1 face", "2 faces"]);
});
