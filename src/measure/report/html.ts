/**
 * Markup that is safe by construction. A string put into an `html` template is text and is escaped; only what is
 * already `Html` goes in as it is. So a page cannot be broken by an identity's name, a path or a command line, and no
 * caller has to remember to escape.
 */

/** A piece of finished markup. Only `html`, `joinHtml` and `trustedMarkup` make one. */
export class Html {
  readonly markup: string;

  /** @param markup well-formed HTML or SVG; not escaped. */
  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand in an `html` template: text, a number, finished markup, a list of these, or nothing. */
export type HtmlPart = string | number | Html | undefined | readonly HtmlPart[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

// Characters that no XML 1.0 document may hold, even escaped: one would make a separate SVG file unreadable.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const unrepresentable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

/** Text made safe between tags and within quoted attributes, in HTML and in XML. */
export function escapeHtml(text: string): string {
  return text.replace(unrepresentable, "\uFFFD").replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Tagged template: strings and numbers are escaped, `Html` is inserted, lists are joined, `undefined` gives nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(strings.reduce((markup, text, index) => markup + markupOf(parts[index - 1]) + text));
}

/** Markup that was made elsewhere, such as a figure's SVG. The caller answers for its being safe. */
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
