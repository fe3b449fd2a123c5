/**
 * Every SQL text, as a file for reviews: sql/statements.sql. Each function of this folder is called with a connection
 * that records what it is sent, and with values that stand for any.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Connection } from "../engines/index.ts";

/** Properties that have to be numbers. */
const NUMBERS = new Set<string | symbol>(["length", "vector", "bytea", "limit", "size", "revision"]);

/** A stand-in for every kind of value: a number, a text, an object, an empty list. */
const anything: unknown = new Proxy(() => anything, {
  get(_, name) {
    if (name === Symbol.toPrimitive) return (hint: string) => (hint === "number" ? 2 : "VALUE");
    if (name === Symbol.iterator) return [][Symbol.iterator];
    if (name === "then") return undefined; // It is no promise.
    if (name === "startsWith") return () => true;
    if (name === "map" || name === "flatMap" || name === "filter") return () => [];
    if (name === "probe" || name === "embedding") return new Float32Array(2);
    if (name === "digests" || name === "names") return [];
    if (name === "metadata") return "{}";
    if (name === "model") return "MODEL";
    if (name === "values" || name === "keys") return () => [];
    return NUMBERS.has(name) ? 2 : anything;
  },
});

function recorder(): { readonly texts: string[]; readonly connection: Connection } {
  const texts: string[] = [];
  const connection: Connection = {
    async query<Row>(text: string) {
      texts.push(text);
      return [anything] as Row[];
    },
    async script(text) {
      texts.push(text);
    },
    async copy(target) {
      texts.push(`copy ${target} from stdin (format binary)`);
    },
  };
  return { texts, connection };
}

async function textsOf(run: (...values: unknown[]) => unknown): Promise<string[]> {
  const { connection, texts } = recorder();
  const result = run(connection, anything, anything, anything);
  if (typeof result === "object" && result !== null && Symbol.asyncIterator in result) {
    for await (const _ of result as AsyncIterable<unknown>);
  } else await result;
  return texts;
}

/** Without the indentation that the code gives it. */
function dedent(text: string): string {
  const lines = text.trim().split("\n");
  const indents = lines
    .slice(1)
    .filter((line) => line.trim() !== "")
    .map((line) => line.search(/\S/));
  const least = Math.min(...indents);
  return lines.map((line, i) => (i === 0 ? line : `  ${line.slice(least)}`).trimEnd()).join("\n");
}

it("every SQL text is the one that was reviewed", async () => {
  const parts: string[] = [];
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  for (const file of files.sort()) {
    const module = (await import(join(import.meta.dirname, file))) as Record<string, unknown>;
    for (const [name, exported] of Object.entries(module)) {
      if (typeof exported !== "function") continue;
      const texts = await textsOf(exported as (...values: unknown[]) => unknown);
      if (texts.length === 0) continue;
      parts.push(`-- ${file}: ${name}\n${texts.map((text) => `${dedent(text)};`).join("\n")}`);
    }
  }
  expect(parts.length).toBeGreaterThan(50);
  await expect(`${parts.join("\n\n")}\n`).toMatchFileSnapshot("statements.sql");
});
