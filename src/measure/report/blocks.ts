/** What a report's sections are made of: paragraphs, facts, tables, figures, pictures, commands, notes. */
import { OptionError } from "../../base/core/index.ts";
import { type Html, type HtmlPart, html, trustedMarkup } from "./html.ts";

/** A paragraph; strings are text. */
export function paragraph(...parts: readonly HtmlPart[]): Html {
  return html`<p>${parts}</p>`;
}

/** A bulleted list. */
export function bulletList(items: readonly HtmlPart[]): Html {
  return html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** A numbered list, for steps to be done one after the other. */
export function stepList(items: readonly HtmlPart[]): Html {
  return html`<ol>${items.map((item) => html`<li>${item}</li>`)}</ol>`;
}

/** A heading within a section. */
export function heading(text: string): Html {
  return html`<h3>${text}</h3>`;
}

/** Text to be typed or copied, such as a command line. */
export function commandBlock(text: string): Html {
  return html`<pre><code>${text}</code></pre>`;
}

/** What a reader must not miss; a `warning` when it puts a result in doubt. */
export function note(body: readonly HtmlPart[], kind: "remark" | "warning" = "remark"): Html {
  return html`<div class="note ${kind}" role="note">${body.map((part) => html`<p>${part}</p>`)}</div>`;
}

/** A result that is to be seen first: the number, what it is, and how it came about. */
export type KeyNumber = { readonly value: string; readonly label: string; readonly detail?: string };

/** Key numbers as tiles. */
export function keyNumbers(numbers: readonly KeyNumber[]): Html {
  const tiles = numbers.map(
    ({ value, label, detail }) =>
      html`<div class="number"><b>${value}</b><span>${label}</span>${detail === undefined ? "" : html`<small>${detail}</small>`}</div>`,
  );
  return html`<div class="numbers">${tiles}</div>`;
}

/** A name and what it is; `undefined` leaves the row out. */
export type Fact = { readonly label: string; readonly value: HtmlPart };

/** Facts, a row each. */
export function factTable(facts: readonly Fact[]): Html {
  const rows = facts
    .filter(({ value }) => value !== undefined)
    .map(({ label, value }) => html`<tr><th scope="row">${label}</th><td>${value}</td></tr>`);
  return html`<div class="table"><table class="facts"><tbody>${rows}</tbody></table></div>`;
}

/** A table with a heading for each column; the first cell of a row names the row. */
export type DataTable = {
  readonly columns: readonly { readonly title: string; readonly align?: "left" | "right" }[];
  readonly rows: readonly (readonly HtmlPart[])[];
  readonly caption?: string;
  /** Rows, from 0, that are set in bold: the best ones. */
  readonly bestRows?: readonly number[];
};

/** @throws {OptionError} when a row has not as many cells as there are columns. */
export function dataTable({ columns, rows, caption, bestRows = [] }: DataTable): Html {
  const head = columns.map(({ title, align = "left" }) => html`<th scope="col" class="${align}">${title}</th>`);
  const body = rows.map((cells, row) => {
    if (cells.length !== columns.length) {
      throw new OptionError(`dataTable: row ${row} has ${cells.length} cells, expected ${columns.length}`);
    }
    const marked = cells.map((cell, column) => {
      const align = columns[column]?.align ?? "left";
      return column === 0
        ? html`<th scope="row" class="${align}">${cell}</th>`
        : html`<td class="${align}">${cell}</td>`;
    });
    return html`<tr class="${bestRows.includes(row) ? "best" : "plain"}">${marked}</tr>`;
  });
  const title = caption === undefined ? "" : html`<caption>${caption}</caption>`;
  return html`<div class="table"><table>${title}<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A figure of this folder with its heading and a sentence that tells how to read it. */
export type CaptionedFigure = { readonly svg: string; readonly title: string; readonly caption?: HtmlPart };

/** Figures, side by side where there is room. */
export function figures(items: readonly CaptionedFigure[]): Html {
  const drawn = items.map(
    ({ svg, title, caption }) =>
      html`<figure>${trustedMarkup(svg)}<figcaption><b>${title}</b>${caption}</figcaption></figure>`,
  );
  return html`<div class="figures">${drawn}</div>`;
}

/** A picture as a data URI of an image, what it shows, and a line below it. */
export type Picture = { readonly dataUri: string; readonly description: string; readonly caption?: string };

/**
 * Small pictures in a row.
 *
 * @throws {OptionError} when one is not a base64 data URI of a PNG, JPEG or WebP image: a report loads nothing.
 */
export function pictures(items: readonly Picture[]): Html {
  const shown = items.map(({ dataUri, description, caption }) => {
    if (!/^data:image\/(png|jpeg|webp);base64,[A-Za-z0-9+/=]+$/.test(dataUri)) {
      throw new OptionError("pictures: got something else than a data URI, expected data:image/png;base64,…");
    }
    const line = caption === undefined ? "" : html`<figcaption>${caption}</figcaption>`;
    return html`<figure class="picture"><img src="${dataUri}" alt="${description}">${line}</figure>`;
  });
  return html`<div class="pictures">${shown}</div>`;
}
