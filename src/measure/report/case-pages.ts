/**
 * Cases to leaf through, one shown at a time: a group of radio buttons that look like numbers, each followed by its
 * case. The browser moves between the buttons of a group with the arrow keys, and a style sheet shows the case of the
 * chosen one, so the page needs no script and works with every keyboard, mouse and screen reader. On paper all cases
 * are shown.
 */
import { imageRow, type ReportImage } from "./blocks.ts";
import { type Html, type HtmlPart, html } from "./html.ts";

/** One case: images side by side, and what is to be said of them. */
export type CasePage = { readonly images: readonly ReportImage[]; readonly text: HtmlPart };

/** Cases in order, under a heading that names the group. */
export type CasePages = {
  /** Id of the group in its page: letters and digits. */
  readonly id: string;
  readonly legend: string;
  /** What one case is, such as "Pair": the names of the buttons are "Pair 1", "Pair 2" … */
  readonly noun: string;
  readonly cases: readonly CasePage[];
};

/** @throws {OptionError} when an image is not a data URI. */
export function casePages({ id, legend, noun, cases }: CasePages): Html {
  const pages = cases.map(({ images, text }, index) => {
    const button = `${id}-${index + 1}`;
    const checked = index === 0 ? html` checked="checked"` : "";
    return html`<input type="radio" name="${id}" id="${button}"${checked}><label for="${button}"><span class="hidden">${noun} </span>${index + 1}</label>
<div class="case">${images.length === 0 ? "" : imageRow(images)}<p>${text}</p></div>
`;
  });
  return html`<fieldset class="cases"><legend>${legend}</legend><div class="pages">
${pages}</div></fieldset>`;
}
