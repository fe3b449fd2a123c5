import { describe, expect, it } from "vitest";
import { random } from "../../base/core/index.ts";
import { centerGeometry, sampleGeometry } from "../hypersphere/index.ts";
import { geometryFigures, geometrySection } from "./geometry-section.ts";
import { readMarkup } from "./markup.testing.ts";

const size = { identities: 12, dimension: 4 };
const stream = random(1);
const weights = Float32Array.from({ length: 48 }, () => stream.normal());
const labels = Array.from({ length: 60 }, (_, i) => i % 12);
const embeddings = Float32Array.from({ length: 240 }, (_, i) => weights[i % 48]! + 0.2 * stream.normal());
const centers = centerGeometry({ ...size, weights, closestPairCount: 3 });
const samples = sampleGeometry({ ...size, weights, embeddings, labels });
const history = [10, 20].map((iteration) => ({ iteration, meanNearestDegrees: iteration, smallestDegrees: 5 }));
const image = (description: string) => ({ dataUri: "data:image/jpeg;base64,/9j/", description });
const text = (data: Parameters<typeof geometrySection>[0]) =>
  geometrySection(data)
    .body.map(({ markup }) => markup)
    .join("");

describe("geometrySection", () => {
  it("draws what there is, well formed", () => {
    expect(Object.keys(geometryFigures({ centers }))).toEqual(["centers-nearest", "centers-pairs"]);
    const all = geometryFigures({ centers, samples, history });
    expect(Object.keys(all)).toEqual(["centers-nearest", "centers-pairs", "samples-angles", "centers-history"]);
    readMarkup(text({ centers, samples, history, margin: 0.35 }));
  });

  it("states the margin reached beside the one of the loss", () => {
    expect(text({ centers, samples, margin: 0.35 })).toContain("the loss requires 0.35");
    expect(text({ centers, samples })).not.toContain("asks for");
  });

  it("lists the closest pairs by label, with images only when they are given", () => {
    const { first, second } = centers.closestPairs[0]!;
    expect(text({ centers })).toContain(`${first} and ${second}`);
    expect(text({ centers })).not.toContain("<img");
    const shown = text({ centers, pairImages: [[image("identity 1"), image("identity 2")]] });
    expect([...shown.matchAll(/<img /g)]).toHaveLength(2);
  });
});
