import { fenced, table } from "../reference/markdown.ts";
import type { Column, Metric, Result } from "./result.ts";

/** A result as Markdown: where and when it was measured, its command and its table. */
export function renderResult(name: string, { command, seed, commit, machine, date, columns, metrics }: Result): string {
  const seeds = typeof seed === "number" || seed === null ? seed : seed.join(", ");
  const facts = [
    date ?? "date not recorded",
    machine ?? "machine not recorded",
    ...(seeds === null ? [] : [`seed ${seeds}`]),
    commit === null ? "commit not recorded" : `commit ${commit}`,
    `[result.json](${name}/result.json)`,
  ];
  const head = columns.map(({ title }) => title);
  const rows = metrics.map((row) => columns.map((column) => renderMetric(row[column.key] as Metric, column, row)));
  return [facts.join(" · "), fenced(command), table(head, rows)].join("\n\n");
}

/** A metric with its unit, such as "81.54 ± 0.56 %". */
export function renderMetric(
  metric: Metric | undefined,
  { unit = "", unitKey, digits }: Column,
  row: { readonly [key: string]: unknown } = {},
): string {
  if (metric === null || metric === undefined) return "";
  if (typeof metric === "string") return metric;
  const [value, deviation] = typeof metric === "number" ? [metric] : metric;
  const own = unitKey === undefined ? unit : String(row[unitKey]);
  const fraction = digits === undefined ? { maximumFractionDigits: 2 } : { minimumFractionDigits: digits };
  const write = (number: number): string =>
    (own === "%" ? 100 * number : number).toLocaleString("en-US", { maximumFractionDigits: digits ?? 2, ...fraction });
  return [write(value), ...(deviation === undefined ? [] : ["±", write(deviation)]), ...(own === "" ? [] : [own])].join(
    " ",
  );
}

const MARK = /<!-- result: (\S+) -->\n[\s\S]*?<!-- end of \1 -->/g;

/**
 * A page with the block of every result between its marks renewed. @throws {Error} for a result that does not exist.
 */
export function fillPage(page: string, results: ReadonlyMap<string, Result>): string {
  return page.replace(MARK, (_, name: string) => {
    const result = results.get(name);
    if (result === undefined)
      throw new Error(`results: got a mark for '${name}', expected one of ${[...results.keys()]}`);
    return `<!-- result: ${name} -->\n${renderResult(name, result)}\n<!-- end of ${name} -->`;
  });
}

/** Names of the results that a page shows. */
export function shownResults(page: string): string[] {
  return [...page.matchAll(MARK)].flatMap(([, name]) => name ?? []);
}
