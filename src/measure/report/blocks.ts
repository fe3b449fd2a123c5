/** The elements of a report's sections: paragraphs, facts, tables, figures, images, commands, notes. */
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

/** A numbered list of steps. */
export function stepList(items: readonly HtmlPart[]): Html {
  return html`<ol>${items.map((item) => html`<li>${item}</li>`)}</ol>`;
}

/** A heading within a section. */
export function heading(text: string): Html {
  return html`<h3>${text}</h3>`;
}

/** Text to type or copy, such as a command line. */
export function commandBlock(text: string): Html {
  return html`<pre><code>${text}</code></pre>`;
}

/** A highlighted note; a `warning` when it puts a result in doubt. */
export function note(body: readonly HtmlPart[], kind: "remark" | "warning" = "remark"): Html {
  return html`<div class="note ${kind}" role="note">${body.map((part) => html`<p>${part}</p>`)}</div>`;
}

/** A main result: the number, its name, and how it was measured. */
export type KeyNumber = { readonly value: string; readonly label: string; readonly detail?: string };

/** Key numbers as tiles. */
export function keyNumbers(numbers: readonly KeyNumber[]): Html {
  const tiles = numbers.map(
    ({ value, label, detail }) =>
      html`<div class="number"><b>${value}</b><span>${label}</span>${detail === undefined ? "" : html`<small>${detail}</small>`}</div>`,
  );
  return html`<div class="numbers">${tiles}</div>`;
}

/** A name and its value; a row with the value `undefined` is omitted. */
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
  /** Indices of the rows to set in bold, such as the best ones. */
  readonly bestRows?: readonly number[];
};

/** @throws {OptionError} when the number of cells of a row differs from the number of columns. */
export function dataTable({ columns, rows, caption, bestRows = [] }: DataTable): Html {
  const head = columns.map(({ title, align = "left" }) => html`<th scope="col" class="${align}">${title}</th>`);
  const body = rows.map((cells, row) => {
    if (cells.length !== columns.length) {
      throw new OptionError(`table row ${row}: got ${cells.length} cells, expected ${columns.length}`);
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

/** A figure with its heading and a sentence on how to read it. */
export type CaptionedFigure = { readonly svg: string; readonly title: string; readonly caption?: HtmlPart };

/** Figures, side by side where there is room. */
export function figures(items: readonly CaptionedFigure[]): Html {
  const drawn = items.map(
    ({ svg, title, caption }) =>
      html`<figure>${trustedMarkup(svg)}<figcaption><b>${title}</b>${caption}</figcaption></figure>`,
  );
  return html`<div class="figures">${drawn}</div>`;
}

/** An image as a data URI, with a description for screen readers and a line below it. */
export type ReportImage = { readonly dataUri: string; readonly description: string; readonly caption?: string };

/**
 * Small images in a row.
 *
 * @throws {OptionError} when one is not a base64 data URI of a PNG, JPEG or WebP image: a report loads no files.
 */
export function imageRow(items: readonly ReportImage[]): Html {
  const shown = items.map(({ dataUri, description, caption }) => {
    if (!/^data:image\/(png|jpeg|webp);base64,[A-Za-z0-9+/=]+$/.test(dataUri)) {
      throw new OptionError(
        "image: got another address than a data URI, expected data:image/png;base64,…: a report loads no files",
      );
    }
    const line = caption === undefined ? "" : html`<figcaption>${caption}</figcaption>`;
    return html`<figure class="image"><img src="${dataUri}" alt="${description}">${line}</figure>`;
  });
  return html`<div class="images">${shown}</div>`;
}
