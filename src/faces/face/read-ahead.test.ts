import { describe, expect, it } from "vitest";
import { readAhead } from "./read-ahead.ts";

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

describe("readAhead", () => {
  it("keeps the order, whatever is ready first", async () => {
    const read = (n: number) => new Promise<number>((resolve) => setTimeout(() => resolve(10 * n), 5 * (4 - n)));
    const results = await collect(readAhead([1, 2, 3, 4], read, 2));
    expect(results.map(({ item }) => item)).toEqual([1, 2, 3, 4]);
    expect(results.map(({ outcome }) => (outcome.status === "fulfilled" ? outcome.value : 0))).toEqual([
      10, 20, 30, 40,
    ]);
  });

  it("reads `depth` items ahead of the one in use, and no more", async () => {
    const started: number[] = [];
    const results = readAhead([1, 2, 3, 4, 5, 6], async (n) => started.push(n), 2);
    await results.next();
    expect(started).toEqual([1, 2, 3]);
    await results.next();
    expect(started).toEqual([1, 2, 3, 4]);
  });

  it("goes on after an item that cannot be read", async () => {
    const read = async (n: number) => {
      if (n === 2) throw new Error("broken");
      return n;
    };
    const results = await collect(readAhead([1, 2, 3], read, 5));
    expect(results.map(({ outcome }) => outcome.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });
});
