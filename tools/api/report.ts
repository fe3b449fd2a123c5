/** The public API as text, one file per entry: docs/reference/api/ holds it, so that a review sees every change. */
import type { Api, ApiName } from "./declarations.ts";

/** The report of each entry, by the name of its file: "cosface.txt" and "cosface-eval.txt". */
export function reportApi(api: Api): Readonly<Record<string, string>> {
  const files = Object.entries(api).map(([subpath, names]) => {
    const specifier = `cosface${subpath.slice(1)}`;
    return [`${specifier.replace("/", "-")}.txt`, [specifier, ...names.map(reportName)].join("\n\n").concat("\n")];
  });
  return Object.fromEntries(files);
}

function reportName({ declaration, unnamed }: ApiName): string {
  return unnamed.length === 0 ? declaration : `${declaration}\n// not exported: ${unnamed.join(", ")}`;
}
