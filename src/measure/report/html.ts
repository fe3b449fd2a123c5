/**
 * Markup that is safe by construction. A string in an `html` template is text and is escaped; only values of type
 * `Html` are inserted unchanged. So the name of an identity, a path or a command line cannot break a page, and callers
 * need not escape.
 */

/** A piece of finished markup. Only `html`, `joinHtml` and `trustedMarkup` make one. */
export class Html {
  readonly markup: string;

  /** @param markup well-formed HTML or SVG; not escaped. */
  constructor(markup: string) {
    this.markup = markup;
  }
}

/** A value in an `html` template: text, a number, finished markup, a list of these, or undefined. */
export type HtmlPart = string | number | Html | undefined | readonly HtmlPart[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

// Characters that XML 1.0 forbids even when escaped: one of them would make a separate SVG file unreadable.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const unrepresentable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

/** Escapes text for use between tags and in quoted attributes, in HTML and XML. */
export function escapeHtml(text: string): string {
  return text.replace(unrepresentable, "\uFFFD").replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Tagged template: escapes strings and numbers, inserts `Html`, joins lists, and omits `undefined`. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(strings.reduce((markup, text, index) => markup + markupOf(parts[index - 1]) + text));
}

/** Markup from another source, such as the SVG of a figure. The caller guarantees that it is safe. */
export function trustedMarkup(markup: string): Html {
  return new Html(markup);
}

function markupOf(part: HtmlPart): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.markup;
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return part.map(markupOf).join("");
}
