import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeHtml, html, trustedMarkup } from "./html.ts";
import { readMarkup } from "./markup.testing.ts";

describe("html", () => {
  it("escapes texts, keeps markup, joins lists and leaves out undefined", () => {
    const rows = ["a & b", "c"].map((text) => html`<li>${text}</li>`);
    expect(html`<ul title="${'"x"'}">${rows}</ul>${undefined}${3}`.markup).toBe(
      '<ul title="&quot;x&quot;"><li>a &amp; b</li><li>c</li></ul>3',
    );
  });

  it("inserts trusted markup as it is", () => {
    expect(html`<p>${trustedMarkup("<b>x</b>")}</p>`.markup).toBe("<p><b>x</b></p>");
  });

  it("gives well-formed markup whatever the text, between tags and in attributes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { elements, attributes } = readMarkup(html`<p title="${text}">${text}</p>`.markup);
        expect([...elements]).toEqual(["p"]);
        expect(attributes).toHaveLength(1);
      }),
    );
  });
});

describe("escapeHtml", () => {
  it("replaces characters that XML cannot hold", () => {
    expect(escapeHtml("a\u0000b\u001Bc\td")).toBe("a\uFFFDb\uFFFDc\td");
  });
});

describe("readMarkup", () => {
  it.each(["<p>", "<p></b>", "<p>a < b</p>", "<p>a & b</p>", '<p title="a>b', "<b><i></b></i>"])(
    "refuses %s",
    (markup) => {
      expect(() => readMarkup(markup)).toThrow();
    },
  );
});
