import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folder of the sources. */
export const SOURCES = join(import.meta.dirname, "..", "..", "src");

/**
 * One import: the path of the importing file below the root, and the path of the imported file or the package's name.
 * `how`: "loaded" with the file, "types" alone, or "called" by `import("…")` when the code gets there.
 */
export type Import = { readonly from: string; readonly to: string; readonly how: "loaded" | "types" | "called" };

/** Every source file below src/ that is not a test, sorted. */
export function sourceFiles(root: string = SOURCES): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
    .sort();
}

/** Every import and re-export of a file, `import("…")` included. */
export function importsOf(file: string, root: string = SOURCES): readonly Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const found = (pattern: RegExp, how: Import["how"]) =>
    [...text.matchAll(pattern)].map(([, to = ""]): Import => ({ from: file, to: resolved(file, to), how }));
  return [
    ...found(/^(?:import|export)\s(?!type\s)[^;]*?from "([^"]+)";/gms, "loaded"),
    ...found(/^import "([^"]+)";/gm, "loaded"),
    ...found(/^(?:import|export)\stype\s[^;]*?from "([^"]+)";/gms, "types"),
    ...found(/\bimport\("([^"]+)"\)/g, "called"),
  ];
}

function resolved(from: string, to: string): string {
  return to.startsWith(".") ? join(from, "..", to) : to;
}

/** `wing/folder` of a file, `cli`, or undefined for the entry files of src/ itself. */
export function folderOf(file: string): string | undefined {
  const [wing = "", folder] = file.split("/");
  if (folder === undefined) return undefined;
  return wing === "cli" ? wing : `${wing}/${folder}`;
}
