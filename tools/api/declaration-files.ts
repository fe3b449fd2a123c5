/**
 * Declaration files (`.d.ts`) as text. TypeScript 7 has no stable API for programs yet, but it writes declarations in
 * one form: every top-level statement starts in the first column, so it suffices to read them line by line.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A top-level statement. */
export type Statement = {
  /** The doc comment before it; empty if it has none. */
  readonly comment: string;
  readonly text: string;
};

/** A name with what declares it: a statement, or several of an overloaded function. */
export type Declared = Statement & { readonly file: string; readonly name: string };

/** A name that a file imports or passes on: `original` of the module `from`, under another name or its own. */
export type Passed = {
  readonly name: string;
  readonly original: string;
  readonly from: string;
  readonly isType: boolean;
};

const DECLARATION = /^(?:export )?(?:declare )?(?:abstract )?(?:function|const|let|class|interface|type|enum) (\w+)/;

/** Takes the text of a declaration file apart. */
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

/** The name that a statement declares. */
export function declaredName(text: string): string | undefined {
  return DECLARATION.exec(text)?.[1];
}

/**
 * The names of `import { a, type B, c as d } from "…"` and `export { … } from "…"`; none for other statements.
 */
export function passedNames(text: string): Passed[] {
  const [, all, names, from] = /^(?:import|export)( type)? \{([\s\S]*)\} from "([^"]+)";/.exec(text) ?? [];
  if (names === undefined || from === undefined) return [];
  return names
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const [original = part, name = original] = part.replace(/^type /, "").split(" as ");
      return { name, original, from, isType: all !== undefined || part.startsWith("type ") };
    });
}

/** The declaration file that `from` names in `file`. */
export function declarationFile(file: string, from: string): string {
  return join(dirname(file), from).replace(/\.ts$/, ".d.ts");
}

/** Declaration files, each read once. */
export class DeclarationFiles {
  readonly #files = new Map<string, readonly Statement[]>();

  read(file: string): readonly Statement[] {
    const known = this.#files.get(file) ?? statements(readFileSync(file, "utf8"));
    this.#files.set(file, known);
    return known;
  }

  /** Where a name is declared that a file declares or passes on. */
  find(file: string, name: string): Declared | undefined {
    const own = this.read(file).filter(({ text }) => declaredName(text) === name);
    const [first] = own;
    if (first !== undefined)
      return { comment: first.comment, text: own.map(({ text }) => text).join("\n"), file, name };
    const passed = this.#passedBy(file, "export").find((given) => given.name === name);
    return passed === undefined ? undefined : this.find(declarationFile(file, passed.from), passed.original);
  }

  /** Where a name is declared that a file uses: its own, or an imported one. */
  resolve(file: string, name: string): Declared | undefined {
    const imported = this.#passedBy(file, "import").find((given) => given.name === name && given.from.startsWith("."));
    if (imported === undefined) return this.find(file, name);
    return this.find(declarationFile(file, imported.from), imported.original);
  }

  #passedBy(file: string, keyword: "import" | "export"): Passed[] {
    return this.read(file)
      .filter(({ text }) => text.startsWith(keyword))
      .flatMap(({ text }) => passedNames(text));
  }
}
