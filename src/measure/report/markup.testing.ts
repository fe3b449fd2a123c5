/** Reads markup as strictly as XML does, so that tests can say that a page or figure is well formed. */

/** What stands in a piece of markup: its elements' names, and every attribute's name and value as written. */
export type MarkupContents = {
  readonly elements: ReadonlySet<string>;
  readonly attributes: readonly (readonly [name: string, value: string])[];
};

const voidElements = new Set(["meta", "img", "input", "br"]);

/** Throws where tags do not nest, an attribute is not quoted, or a `<` or `&` stands bare. Style sheets are skipped. */
export function readMarkup(markup: string): MarkupContents {
  const elements = new Set<string>();
  const attributes: [string, string][] = [];
  const open: string[] = [];
  const text = markup.replace(/^<!doctype html>\s*/, "").replace(/<style>[^<]*<\/style>/g, "");
  let end = 0;
  for (const tag of text.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][\w:-]*="[^"<]*")*)\s*(\/?)>/g)) {
    requireText(text.slice(end, tag.index));
    end = tag.index + tag[0].length;
    const [, isEnd, name = "", attributeText = "", isEmpty] = tag;
    if (isEnd) {
      const expected = open.pop();
      if (expected !== name) throw new Error(`</${name}> closes <${expected}>`);
      continue;
    }
    elements.add(name);
    for (const [, key = "", value = ""] of attributeText.matchAll(/([\w:-]+)="([^"]*)"/g)) {
      requireText(value);
      attributes.push([key, value]);
    }
    if (!isEmpty && !voidElements.has(name)) open.push(name);
  }
  requireText(text.slice(end));
  if (open.length > 0) throw new Error(`<${open.join("><")}> is not closed`);
  return { elements, attributes };
}

function requireText(text: string): void {
  const bare = /<|&(?!(?:amp|lt|gt|quot|#39);)/.exec(text);
  if (bare) throw new Error(`bare ${bare[0]} in: ${text.slice(Math.max(0, bare.index - 20), bare.index + 20)}`);
}
