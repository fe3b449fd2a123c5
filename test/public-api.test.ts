import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import * as installed from "cosface";
import { describe, expect, it } from "vitest";
import * as api from "../src/index.ts";

const root = join(import.meta.dirname, "..");
const entry = join(root, "src", "index.ts");

type Export = { readonly name: string; readonly original: string; readonly from: string };

/** Names that a file passes on from others: `export { a, type B, c as d } from "…"`. */
function passedOn(file: string): Export[] {
  const text = readFileSync(file, "utf8").replace(/\/\/.*$/gm, "");
  return [...text.matchAll(/^export (?:type )?\{([^}]*)\} from "([^"]+)";/gm)].flatMap(([, names, from]) =>
    names!
      .split(",")
      .map((name) => name.trim().replace(/^type /, ""))
      .filter((name) => name !== "")
      .map((name) => {
        const [original, renamed = original] = name.split(" as ");
        return { name: renamed!, original: original!, from: join(dirname(file), from!) };
      }),
  );
}

/** Folders passed on whole: `export * as graph from "…"`. */
function namespaces(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^export \* as \w+ from "([^"]+)";/gm)].map(([, from]) => join(dirname(file), from!));
}

const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|const|class|interface|type) (?<name>\w+)/gm;

/** Whether a doc comment stands right before the name's first declaration; undefined when the text does not declare it. */
function hasDocComment(text: string, name: string): boolean | undefined {
  const declaration = [...text.matchAll(DECLARATION)].find(({ groups }) => groups!.name === name);
  if (declaration === undefined) return undefined;
  return /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.test(text.slice(0, declaration.index));
}

/** Whether a name that a file declares or passes on has a doc comment where it is declared. */
function isDocumented(file: string, name: string): boolean {
  const direct = hasDocComment(readFileSync(file, "utf8"), name);
  if (direct !== undefined) return direct;
  const next = passedOn(file).find((passed) => passed.name === name);
  if (next === undefined) throw new Error(`${relative(root, file)}: no declaration of ${name} is found`);
  return isDocumented(next.from, next.original);
}

describe("the public API", () => {
  it("has a doc comment on every name", () => {
    const files = [entry, ...namespaces(entry)];
    const names = files.flatMap((file) => passedOn(file).map(({ name }) => ({ file, name })));
    expect(names.length).toBeGreaterThan(200);
    const undocumented = names.filter(({ file, name }) => !isDocumented(file, name));
    expect(undocumented.map(({ file, name }) => `${relative(root, file)}: ${name}`)).toEqual([]);
  });

  it("tells a name with a doc comment from one without", () => {
    const text = [
      "/** Of the file. */",
      'import { x } from "./x.ts";',
      "export const bare = 1;",
      "/** Documented. */",
      "export type Told = 2;",
      "/* no doc comment */",
      "export async function half() {}",
    ].join("\n");
    expect(["bare", "Told", "half", "missing"].map((name) => hasDocComment(text, name))).toEqual([
      false,
      true,
      false,
      undefined,
    ]);
  });

  it('is what import … from "cosface" gives, name by name the same', () => {
    expect(Object.keys(installed).sort()).toEqual(Object.keys(api).sort());
    for (const [name, value] of Object.entries(api)) {
      expect((installed as Readonly<Record<string, unknown>>)[name], name).toBe(value);
    }
  });
});
