import { describe, expect, it } from "vitest";
import { random } from "../../base/core/index.ts";
import { verifyTenFold } from "../eval/index.ts";
import { dataTable, imageRow } from "./blocks.ts";
import { readMarkup } from "./markup.testing.ts";
import { reportPage } from "./page.ts";
import { type QuickstartReportData, quickstartReport } from "./quickstart-report.ts";
import { type TrainingReportData, trainingReport } from "./training-report.ts";

const hostile = `"><img src=x onerror=alert(1)><script>alert("1")</script>&'`;
const image = { dataUri: "data:image/png;base64,iVBORw0KGgo=", description: "a face", caption: "person 1" };

/** A ten-fold result on 200 pairs of random embeddings, the second of a genuine pair being the first with noise. */
function verification(noise: number, protocol = "lfw") {
  const generator = random(7);
  const [size, pairCount] = [8, 200];
  const data = new Float32Array(pairCount * 2 * size);
  const pairs = Array.from({ length: pairCount }, (_, pair) => {
    const same = pair % 20 < 10;
    for (let i = 0; i < size; i++) {
      const value = generator.normal();
      data[2 * pair * size + i] = value;
      data[(2 * pair + 1) * size + i] = (same ? value : generator.normal()) + noise * generator.normal();
    }
    return { left: 2 * pair, right: 2 * pair + 1, same, fold: Math.floor(pair / 20) };
  });
  return verifyTenFold({ count: pairCount * 2, size, data }, pairs, { protocol, flip: "concat", fars: [0.1, 0.001] });
}

function training(name: string): TrainingReportData {
  return {
    summary: {
      network: name,
      inputSize: [112, 96],
      embeddingSize: 512,
      parameterCount: 22_670_000,
      macCount: 1.75e9,
      loss: { name: "cosface", scale: 64, margin: 0.35 },
      data: { name, identityCount: 1180, sampleCount: 72_344, skippedCount: 3 },
      batchSize: 128,
      iterationCount: 4521,
      seed: 1,
      seconds: 723,
      imagesPerSecond: 312.4,
      command: `npx cosface train --data ${name}`,
      machine: name,
    },
    curves: {
      name,
      steps: [
        { iteration: 20, loss: 20, accuracy: 0, learningRate: 0.1 },
        { iteration: 40, loss: 18, accuracy: 0.1, learningRate: 0.1 },
      ],
    },
    verifications: [verification(0.3, name)],
  };
}

function quickstart(name: string, noises: readonly [number, number] = [1.5, 0.3]): QuickstartReportData {
  const model = (modelName: string, noise: number) => ({
    name: modelName,
    loss: { name: modelName },
    curves: { name: modelName, steps: [{ iteration: 20, loss: 5, accuracy: 0.2 }] },
    result: verification(noise),
    seconds: 90,
  });
  return {
    network: name,
    trainingIdentityCount: 300,
    trainingImageCount: 9000,
    unseenIdentityCount: 100,
    models: [model("softmax", noises[0]), model("CosFace", noises[1])],
    examples: [{ ...image, description: name, caption: name }],
    pairs: [{ left: image, right: image, same: false, scores: [0.99, -0.5] }],
    command: "npm run quickstart",
    seed: 1,
    machine: name,
    seconds: 241,
    modelPath: name,
  };
}

const pages: Readonly<Record<string, (name: string) => string>> = {
  "training report": (name) => trainingReport(training(name)),
  "quickstart report": (name) => quickstartReport(quickstart(name)),
  "plain page": (name) => reportPage({ title: name, lead: name, sections: [{ title: name, body: [] }], footer: name }),
};

describe.each(Object.entries(pages))("%s", (_, render) => {
  const page = render("sphere20");

  it("is well formed, and the same text each time", () => {
    expect(() => readMarkup(page)).not.toThrow();
    expect(render("sphere20")).toBe(page);
  });

  it("loads nothing, and forbids it", () => {
    expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|@import|url\((?!#)/);
    expect(page).toContain(`http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;`);
    const { elements, attributes } = readMarkup(page);
    for (const name of ["script", "link", "iframe", "object"]) expect(elements).not.toContain(name);
    for (const [name, value] of attributes) if (name === "src") expect(value).toMatch(/^data:image\//);
  });

  it("follows the reader's theme, and paper", () => {
    expect(page).toContain("@media screen and (prefers-color-scheme:dark)");
    expect(page).toContain("@media print");
    expect(page).toContain('<meta name="viewport"');
    expect(page).not.toContain('<html lang="en" data-theme');
  });

  it("shows hostile names as text", () => {
    const { elements, attributes } = readMarkup(render(hostile));
    expect(elements).not.toContain("script");
    expect(attributes.filter(([name]) => name.startsWith("on"))).toEqual([]);
    expect(attributes.filter(([name, value]) => name === "src" && !value.startsWith("data:image/png"))).toEqual([]);
  });
});

/** What a reader sees of a page, with plain spaces. */
function textOf(page: string): string {
  const text = page
    .replace(/<style>[^<]*<\/style>/g, "")
    .replace(/<svg[\s\S]*?<\/svg>/g, "")
    .replace(/<[^>]+>/g, " ");
  return text.replaceAll("\u00A0", " ").replaceAll("&#39;", "'").replace(/\s+/g, " ");
}

describe("trainingReport", () => {
  const data = training("sphere20");
  const text = textOf(trainingReport(data));

  it("states the run's facts in the field's units", () => {
    for (const fact of [
      "22.67 M",
      "1.75 GMAC",
      "12 min 3 s",
      "312 images/s",
      "72,344 images of 1,180 identities; 3 unreadable",
    ]) {
      expect(text).toContain(fact);
    }
    expect(text).toContain("4,521 of 128 images (8 epochs)");
    expect(text).toContain("npx cosface train --data sphere20");
  });

  it("names the verification's variant and shows every fold", () => {
    const result = data.verifications?.[0];
    expect(text).toContain(result?.variant);
    expect(text).toContain("200 in 10 folds: 100 genuine, 100 impostor");
    for (const { threshold } of result?.folds ?? []) expect(text).toContain(threshold.toFixed(4));
  });

  it("says why a rate is missing instead of showing one", () => {
    expect(text).toContain("too few pairs");
    expect(text).toContain(data.verifications?.[0]?.tarAtFar[1]?.reason);
  });

  it("says what a score is not", () => {
    expect(text).toContain("A score is a cosine, not a probability.");
  });

  it("leaves out what a run does not have", () => {
    const { summary, curves } = data;
    const { scale: _scale, margin: _margin, ...loss } = summary.loss;
    const bare = textOf(trainingReport({ summary: { ...summary, loss }, curves }));
    expect(bare).not.toMatch(/Verification:|Margin m|Scale s|undefined/);
  });

  it("can be fixed to a theme", () => {
    expect(trainingReport({ ...data, theme: "dark" })).toContain('<html lang="en" data-theme="dark">');
  });
});

describe("quickstartReport", () => {
  it("says who did better, or that the difference is noise, or that it went the other way", () => {
    expect(textOf(quickstartReport(quickstart("a")))).toMatch(
      /CosFace decides \d+\.\d percentage points more of the pairs correctly than softmax\. /,
    );
    expect(textOf(quickstartReport(quickstart("a", [0.3, 0.3])))).toContain("within the noise");
    expect(textOf(quickstartReport(quickstart("a", [0.3, 1.5])))).toMatch(
      /softmax decides .* The paper suggests the opposite/,
    );
  });

  it("judges an example pair by each model's own threshold", () => {
    const text = textOf(quickstartReport(quickstart("a")));
    expect(text).toMatch(/0\.99 ≥ 0\.\d+: accepted, wrong/);
    expect(text).toMatch(/−0\.5 &lt; 0\.\d+: rejected, correct/);
  });
});

describe("blocks", () => {
  it("refuse an image that would have to be loaded", () => {
    for (const dataUri of [
      "https://example.org/a.png",
      "data:text/html;base64,AA==",
      'data:image/png;base64,"onload=',
    ]) {
      expect(() => imageRow([{ ...image, dataUri }])).toThrow("data URI");
    }
  });

  it("refuse a table whose rows do not fit its columns", () => {
    expect(() => dataTable({ columns: [{ title: "a" }], rows: [["1", "2"]] })).toThrow(
      "table row 0: got 2 cells, expected 1",
    );
  });
});
