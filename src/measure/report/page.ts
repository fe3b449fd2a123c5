/**
 * A report is one HTML file that needs nothing else: no network, no scripts, no fonts. It forbids them itself (the
 * content security policy), so that it can be mailed, archived and opened from a disk without a thought.
 */
import { type Html, html, trustedMarkup } from "./html.ts";
import { pageStyleSheet } from "./page-style.ts";

/** A part of a report under its own heading. */
export type ReportSection = { readonly title: string; readonly body: readonly Html[] };

/** A report: what it is about, and its sections in order. */
export type ReportPage = {
  readonly title: string;
  /** One sentence under the title. */
  readonly lead?: string;
  /** Shown before the first section: the results in short. */
  readonly summary?: readonly Html[];
  readonly sections: readonly ReportSection[];
  /** One line at the end: what made this report, and when. */
  readonly footer?: string;
  /** The theme; default the reader's own. */
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
