/**
 * The package's declarations: what the entries export, and what that mentions. A compiler reads every file that an
 * imported file names, so through the index of a folder it would read all declarations of the folder, and those of the
 * packages that some of them import. With only public declarations, a program that imports `cosface/server` needs
 * neither Fastify's types nor Node's.
 */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import {
  DeclarationFiles,
  type Declared,
  declarationFile,
  declaredName,
  passedNames,
} from "../api/declaration-files.ts";

/** Rewrites the declarations under `folder` in place; `entries` are names of files in it, without ending. */
export function keepPublicDeclarations(folder: string, entries: readonly string[]): void {
  const files = new DeclarationFiles();
  const kept = new Map<string, Set<string>>();
  const entryFiles = entries.map((entry) => join(folder, `${entry}.d.ts`));
  const keep = (declared: Declared): void => {
    const names = kept.get(declared.file) ?? new Set();
    if (names.has(declared.name)) return;
    kept.set(declared.file, names.add(declared.name));
    for (const word of mentioned(declared.text)) {
      const next = files.resolve(declared.file, word);
      if (next !== undefined) keep(next);
    }
    for (const { from, name } of inlineImports(declared.text)) {
      keep(required(files.find(declarationFile(declared.file, from), name), name));
    }
  };
  const texts = new Map<string, string>();
  for (const file of entryFiles) {
    const [first] = files.read(file);
    const exported = files.read(file).flatMap(({ text }) => passedNames(text));
    const lines = exported.map(({ name, original, from, isType }) => {
      const declared = required(files.find(declarationFile(file, from), original), name);
      keep(declared);
      const renamed = declared.name === name ? name : `${declared.name} as ${name}`;
      return `export { ${isType ? "type " : ""}${renamed} } from "${specifier(file, declared.file)}";`;
    });
    texts.set(file, [first?.comment, ...lines].join("\n"));
  }
  for (const [file, names] of kept) texts.set(file, keptText(file, names, files));
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".d.ts") && !texts.has(join(folder, name))) rmSync(join(folder, name));
  }
  for (const [file, text] of texts) writeFileSync(file, `${text}\n`);
}

/** A file's statements that declare the names, after the imports that they need. */
function keptText(file: string, names: ReadonlySet<string>, files: DeclarationFiles): string {
  const statements = [...names].map((name) => required(files.find(file, name), name));
  const words = new Set(statements.flatMap(({ text }) => mentioned(text)));
  const imported = files
    .read(file)
    .filter(({ text }) => text.startsWith("import"))
    .flatMap(({ text }) => passedNames(text))
    .filter(({ name }) => words.has(name))
    .map(({ name, original, from }) => {
      const declared = from.startsWith(".") ? files.resolve(file, name) : undefined;
      const source = declared?.name ?? original;
      const target = declared === undefined ? from : specifier(file, declared.file);
      return `import type { ${source === name ? name : `${source} as ${name}`} } from "${target}";`;
    });
  // The order of the file, and the marker that makes it a module where it exports nothing by itself.
  const ordered = files.read(file).filter(({ text }) => names.has(declaredName(text) ?? "") || text === "export {};");
  return [...imported, ...ordered.flatMap(({ comment, text }) => [comment, text])].filter(Boolean).join("\n");
}

/** Names that a declaration may refer to: types are capitalized, and values stand after `typeof`. */
function mentioned(text: string): string[] {
  const code = text.replace(/\/\*\*(?:(?!\*\/)[\s\S])*\*\//g, "");
  const values = [...code.matchAll(/\btypeof (\w+)/g)].map(([, name = ""]) => name);
  return [...new Set([...(code.match(/\b[A-Z]\w*/g) ?? []), ...values])];
}

/** Types that the compiler inferred: `import("./a.ts").A`. */
function inlineImports(text: string): { readonly from: string; readonly name: string }[] {
  return [...text.matchAll(/\bimport\("(\.[^"]+)"\)\.(\w+)/g)].map(([, from = "", name = ""]) => ({ from, name }));
}

function required(declared: Declared | undefined, name: string): Declared {
  if (declared === undefined) throw new Error(`no declaration of ${name}`);
  return declared;
}

function specifier(from: string, to: string): string {
  const path = relative(dirname(from), to)
    .split(sep)
    .join("/")
    .replace(/\.d\.ts$/, ".ts");
  return path.startsWith(".") ? path : `./${path}`;
}
