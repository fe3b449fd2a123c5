/**
 * The public API as the compiler sees it: the declarations (`.d.ts`) that it writes for each entry of the package, name
 * by name. TypeScript 7 has no stable API for programs yet. Its declaration files have one form: every top-level
 * statement starts in the first column, so it suffices to read them line by line.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

/** A public name. */
export type ApiName = {
  readonly name: string;
  /** The declaration without comments. */
  readonly declaration: string;
  /** The doc comment; empty if the name has none. */
  readonly comment: string;
  /** Types in the declaration that no entry exports, so that a caller cannot name them. */
  readonly unnamed: readonly string[];
};

/** The names of each entry in alphabetical order, by the entry's subpath: "." and "./eval". */
export type Api = Readonly<Record<string, readonly ApiName[]>>;

/** A top-level statement of a declaration file. */
export type Statement = { readonly comment: string; readonly text: string };

type Declared = Statement & { readonly file: string; readonly name: string };

const DECLARATION = /^(?:export )?(?:declare )?(?:abstract )?(?:function|const|let|class|interface|type|enum) (\w+)/;

/** The subpaths of package.json's `exports` that have declarations, each with its file in dist/ without ending. */
export function entries(): Readonly<Record<string, string>> {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, string>>;
  };
  const modules = Object.entries(exports).flatMap(([subpath, file]) => {
    const [, name] = /^\.\/dist\/(\w+)\.js$/.exec(file) ?? [];
    return name === undefined ? [] : [[subpath, name]];
  });
  return Object.fromEntries(modules);
}

/** Has the compiler write all declarations, and reads those that the entries name. */
export function readApi(): Api {
  const folder = mkdtempSync(join(tmpdir(), "cosface-api-"));
  try {
    const words = ["-p", "tsconfig.build.json", "--emitDeclarationOnly", "--outDir", folder];
    execFileSync(process.execPath, [join(ROOT, "node_modules", "typescript", "bin", "tsc"), ...words], { cwd: ROOT });
    return readEntries(folder, entries());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Takes a declaration file apart. */
export function statements(text: string): Statement[] {
  const found: Statement[] = [];
  let comment: string[] = [];
  let isInComment = false;
  let body: string[] = [];
  const flush = () => {
    if (body.length > 0) found.push({ comment: comment.join("\n"), text: body.join("\n") });
    [comment, body] = [[], []];
  };
  for (const line of text.split("\n")) {
    if (isInComment || line.startsWith("/**")) {
      if (!isInComment) flush();
      comment.push(line);
      isInComment = !line.includes("*/");
    } else if (/^[a-z]/.test(line)) {
      if (body.length > 0) flush();
      body.push(line);
    } else if (body.length > 0 && line !== "") body.push(line);
  }
  flush();
  return found;
}

function readEntries(folder: string, subpaths: Readonly<Record<string, string>>): Api {
  const files = new Map<string, readonly Statement[]>();
  const read = (file: string): readonly Statement[] => {
    const known = files.get(file) ?? statements(readFileSync(file, "utf8"));
    files.set(file, known);
    return known;
  };
  const find = (file: string, name: string): Declared | undefined => {
    const own = read(file).find(({ text }) => DECLARATION.exec(text)?.[1] === name);
    if (own !== undefined) return { ...own, file, name };
    const passed = read(file)
      .flatMap(({ text }) => namesOf(text))
      .find((given) => given.name === name);
    return passed === undefined ? undefined : find(resolve(file, passed.from), passed.original);
  };
  const exported = Object.entries(subpaths).map(([subpath, entry]) => {
    const file = join(folder, `${entry}.d.ts`);
    const names = read(file)
      .filter(({ text }) => text.startsWith("export"))
      .flatMap(({ text }) => namesOf(text))
      .map(({ name, original, from }) => {
        const declared = find(resolve(file, from), original);
        if (declared === undefined) throw new Error(`${relative(folder, file)}: no declaration of ${name}`);
        return { name, declared };
      });
    return [subpath, names] as const;
  });
  const keyOf = ({ file, name }: Declared) => `${file}#${name}`;
  const keys = new Set(exported.flatMap(([, names]) => names.map(({ declared }) => keyOf(declared))));
  const unnamedIn = ({ file, text }: Declared): string[] => {
    const words = new Set(withoutComments(text).match(/\b[A-Z]\w*/g));
    const candidates = [...words].filter(
      (word) => !new RegExp(`[<,]\\s*(?:const )?${word}\\b(?: extends|[,>=])`).test(text),
    );
    return candidates.filter((word) => {
      const declared = findFrom(file, word);
      return declared !== undefined && !keys.has(keyOf(declared));
    });
  };
  /** What a word means in a file: declared there, or imported. */
  const findFrom = (file: string, word: string): Declared | undefined => {
    const imported = read(file)
      .filter(({ text }) => text.startsWith("import"))
      .flatMap(({ text }) => namesOf(text))
      .find(({ name, from }) => name === word && from.startsWith("."));
    return imported === undefined ? find(file, word) : find(resolve(file, imported.from), imported.original);
  };
  return Object.fromEntries(
    exported.map(([subpath, names]) => {
      const described = names.map(({ name, declared }): ApiName => {
        const declaration = withoutComments(declared.text).replace(/^export (?:declare )?/, "");
        return { name, declaration, comment: declared.comment, unnamed: unnamedIn(declared).sort() };
      });
      return [subpath, described.sort((a, b) => (a.name < b.name ? -1 : 1))];
    }),
  );
}

type Passed = { readonly name: string; readonly original: string; readonly from: string };

/** Names of `import { a, type B, c as d } from "…"` and `export { … } from "…"`. */
function namesOf(text: string): Passed[] {
  const [, names, from] = /^(?:import|export)(?: type)? \{([\s\S]*)\} from "([^"]+)";/.exec(text) ?? [];
  if (names === undefined || from === undefined) return [];
  return names
    .split(",")
    .map((part) => part.trim().replace(/^type /, ""))
    .filter((part) => part !== "")
    .map((part) => {
      const [original = part, name = original] = part.split(" as ");
      return { name, original, from };
    });
}

const resolve = (file: string, from: string) => join(dirname(file), from).replace(/\.ts$/, ".d.ts");

function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n/gm, "");
}
