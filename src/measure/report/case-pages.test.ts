import { describe, expect, it } from "vitest";
import { casePages } from "./case-pages.ts";
import { readMarkup } from "./markup.testing.ts";
import { pageStyleSheet } from "./page-style.ts";

const image = { dataUri: "data:image/png;base64,AAAA", description: "Face: person 1, image 2", caption: "person 1" };

describe("casePages", () => {
  const { markup } = casePages({
    id: "pair",
    legend: "Pairs of <two>",
    noun: "Pair",
    cases: [
      { images: [image, image], text: "Score 0.9 & more" },
      { images: [], text: "No image" },
    ],
  });

  it("is a group of radio buttons, each with a name and before its case, the first chosen", () => {
    const { attributes } = readMarkup(markup);
    const valuesOf = (name: string) => attributes.filter(([key]) => key === name).map(([, value]) => value);
    expect(valuesOf("name")).toEqual(["pair", "pair"]);
    expect(valuesOf("id")).toEqual(["pair-1", "pair-2"]);
    expect(valuesOf("for")).toEqual(valuesOf("id"));
    expect(valuesOf("checked")).toEqual(["checked"]);
    expect(markup).toMatch(/<label for="pair-2"><span class="hidden">Pair <\/span>2<\/label>\s*<div class="case">/);
    expect(markup).toContain("<legend>Pairs of &lt;two&gt;</legend>");
    expect(markup).toContain("Score 0.9 &amp; more");
  });

  it("has a style for the chosen case, the focus, and paper", () => {
    expect(pageStyleSheet).toContain(".pages input:checked+label+.case{display:block}");
    expect(pageStyleSheet).toContain(".pages input:focus-visible+label{outline");
    expect(pageStyleSheet).toMatch(/@media print\{\.case\{display:block\}/);
  });

  it("takes data URIs alone", () => {
    const outside = { ...image, dataUri: "https://example.org/face.png" };
    expect(() => casePages({ id: "a", legend: "", noun: "", cases: [{ images: [outside], text: "" }] })).toThrow(
      "a report loads no files",
    );
  });
});
