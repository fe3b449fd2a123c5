/** The public API as the compiler sees it: the declarations of each entry of the package, name by name. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { DeclarationFiles, type Declared, declarationFile, passedNames } from "./declaration-files.ts";

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

/** The subpaths of package.json's `exports` that are modules, each with its file in dist/ without ending. */
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
    return readEntries(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readEntries(folder: string): Api {
  const files = new DeclarationFiles();
  const exported = Object.entries(entries()).map(([subpath, entry]) => {
    const file = join(folder, `${entry}.d.ts`);
    const names = files
      .read(file)
      .flatMap(({ text }) => passedNames(text))
      .map(({ name, original, from }) => {
        const declared = files.find(declarationFile(file, from), original);
        if (declared === undefined) throw new Error(`${relative(folder, file)}: no declaration of ${name}`);
        return { name, declared };
      });
    return [subpath, names] as const;
  });
  const keyOf = ({ file, name }: Declared) => `${file}#${name}`;
  const keys = new Set(exported.flatMap(([, names]) => names.map(({ declared }) => keyOf(declared))));
  const unnamedIn = ({ file, text }: Declared): string[] => {
    const words = new Set(withoutComments(text).match(/\b[A-Z]\w*/g));
    const isTypeParameter = (word: string) => new RegExp(`[<,]\\s*(?:const )?${word}\\b(?: extends|[,>=])`).test(text);
    return [...words].filter((word) => {
      const declared = isTypeParameter(word) ? undefined : files.resolve(file, word);
      return declared !== undefined && !keys.has(keyOf(declared));
    });
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

function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n/gm, "");
}
