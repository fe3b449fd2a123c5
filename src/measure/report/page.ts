/**
 * A report is one self-contained HTML file without network requests, scripts or fonts. Its content security policy
 * forbids them, so a report can safely be mailed, archived and opened from a disk.
 */
import { type Html, html, trustedMarkup } from "./html.ts";
import { pageStyleSheet } from "./page-style.ts";

/** A part of a report under its own heading. */
export type ReportSection = { readonly title: string; readonly body: readonly Html[] };

/** A report: title, summary and sections in order. */
export type ReportPage = {
  readonly title: string;
  /** One sentence under the title. */
  readonly lead?: string;
  /** The main results, before the first section. */
  readonly summary?: readonly Html[];
  readonly sections: readonly ReportSection[];
  /** One line at the end: the program that made this report, and when. */
  readonly footer?: string;
  /** The theme; default: that of the reader's system. */
  readonly theme?: "light" | "dark";
};

/** A self-contained HTML page. Equal arguments give equal text. */
export function reportPage({ title, lead, summary = [], sections, footer, theme }: ReportPage): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  const ids = sections.map((_, index) => `section-${index + 1}`);
  const contents =
    sections.length < 3
      ? ""
      : html`<nav aria-label="Contents">${sections.map((section, index) => html`<a href="#${ids[index]}">${section.title}</a>`)}</nav>`;
  const body = sections.map(
    (section, index) => html`<section aria-labelledby="${ids[index]}"><h2 id="${ids[index]}">${section.title}</h2>
${section.body.map((block) => html`${block}\n`)}</section>
`,
  );
  const page = html`<!doctype html>
<html lang="en"${theme === undefined ? "" : html` data-theme="${theme}"`}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trustedMarkup(pageStyleSheet)}</style>
</head>
<body>
<main>
<header><h1>${title}</h1>${lead === undefined ? "" : html`<p class="lead">${lead}</p>`}</header>
${contents}
${summary.map((block) => html`${block}\n`)}
${body}
${footer === undefined ? "" : html`<footer>${footer}</footer>`}
</main>
</body>
</html>
`;
  return page.markup;
}
