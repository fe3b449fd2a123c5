/** The few pieces of Markdown that the reference pages are made of. */

/** A table; cells are Markdown already, and a vertical bar in them is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A value as code; nothing for undefined and for empty texts and lists. */
export function code(value: string | number | readonly string[] | undefined): string {
  return value === undefined || value.toString() === "" ? "" : `\`${value}\``;
}

/** A fenced block. */
export function fenced(text: string, language = ""): string {
  return ["```", language, "\n", text.trimEnd(), "\n```"].join("");
}

/** Parts of a page, with an empty line between them. */
export function page(...parts: readonly string[]): string {
  return `${parts.map((part) => part.trim()).join("\n\n")}\n`;
}
