import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { wilsonInterval } from "../../measure/eval/index.ts";
import type { AssessedAttribute } from "../assess/index.ts";
import type { EmbedderContract } from "../embedder/index.ts";
import { builtInCalibrations } from "../people/index.ts";
import { type CardTraining, cardScore, modelCard, readCard, readScores, renderCard, writeCard } from "./index.ts";

const contract: EmbedderContract = {
  inputSize: [112, 96],
  embeddingSize: 128,
  channels: "rgb",
  mean: 127.5,
  std: 128,
  template: "arcface",
  flip: "none",
};
const bare = { name: "mine.onnx", id: "0123456789abcdef", license: "unknown", contract, date: "2026-01-02" };

const training: CardTraining = {
  dataSet: "faces",
  identityCount: 318,
  imageCount: 21_232,
  network: "sphere4",
  loss: '{"name":"cosface","margin":0.35}',
  iterations: 500,
  batchSize: 64,
  seed: 7,
  startedFrom: null,
};

it("says of a network of somebody else what is unknown", () => {
  const card = modelCard(bare);
  expect(card).toMatchObject({ license: null, provenance: null, training: null, scores: [], groups: null });
  const page = renderCard(card);
  for (const line of [
    "| licence | unknown |",
    "**Weights:** unknown.",
    "**Data:** unknown.",
    "Accuracy: unknown.",
    "Error rates by group: unknown.",
    "Thresholds: unknown.",
    "| input, height × width | 112 × 96 |",
  ]) {
    expect(page).toContain(line);
  }
  expect(card.limits.join(" ")).toContain("112×96 pixels");
});

it("says of the network that npm installs where weights, data and thresholds come from", () => {
  const [calibration] = builtInCalibrations;
  const card = modelCard({ ...bare, id: calibration!.model, license: "CC0-1.0", calibration: calibration! });
  const page = renderCard(card);
  expect(page).toContain("Davis King");
  expect(page).toContain("7,485 people");
  expect(card.thresholds.map(({ far, sources }) => [far, sources.length])).toEqual([
    [1e-2, 2],
    [1e-3, 2],
    [1e-4, 2],
  ]);
  for (const { name } of card.thresholds[0]!.sources) expect(page).toContain(name);
  expect(page).toContain("| LFW, the 1,200 pairs");
});

it("holds the data set, the loss, the seed and the score of a run", () => {
  const score = cardScore("lfw", { accuracy: 0.95, pairCount: 600 });
  expect(score.interval).toEqual(wilsonInterval({ successes: 570, trials: 600 }));
  const page = renderCard(modelCard({ ...bare, training, scores: [score] }));
  expect(page).toContain("faces: 21,232 images of 318 people");
  expect(page).toContain("500 steps of 64 images, seed 7; from random weights.");
  const continued = renderCard(modelCard({ ...bare, training: { ...training, startedFrom: "other.onnx" } }));
  expect(continued).toContain("from the weights of other.onnx, whose data are unknown.");
  expect(page).toContain("| lfw | 95.00 % | 92.95 % to 96.48 % | 600 |");
});

it("shows the rates of each group, and why one is refused", () => {
  const rate = (value: number) => ({ rate: value, interval: { low: 0, high: 1 } });
  const groups = [
    {
      name: "age",
      comparison: {
        threshold: 0.5,
        groups: [
          { name: "old|young", personCount: 12, fmr: rate(0.001), fnmr: rate(0.05) },
          { name: "other", personCount: 3, fmr: { rate: null, reason: "too few" }, fnmr: rate(0.1) },
        ],
      },
    },
    { name: "sex", comparison: { groups: null, reason: "nobody has one" } },
  ] as unknown as AssessedAttribute[];
  const page = renderCard(modelCard({ ...bare, groups }));
  expect(page).toContain("| old\\|young | 12 | 1.0e-3 | 5.0e-2 |");
  expect(page).toContain("| other | 3 | unknown | 1.0e-1 |");
  expect(page).toContain("By sex: unknown, nobody has one");
});

it("reads the accuracies that evaluate printed, one or several, and refuses those of another model", () => {
  const result = { protocol: "lfw", variant: "flip=none", accuracy: 0.9, pairCount: 100, model: bare.id };
  const read = (value: unknown) => readScores("lfw.json", JSON.stringify(value), bare.id);
  expect(read(result)).toEqual([cardScore("lfw, flip=none", { accuracy: 0.9, pairCount: 100 })]);
  const races = [
    { ...result, race: "African" },
    { ...result, race: "Asian" },
  ];
  expect(read({ protocol: "rfw", races }).map(({ name }) => name)).toEqual([
    "rfw, African, flip=none",
    "rfw, Asian, flip=none",
  ]);
  expect(() => read({ ...result, model: "f00" })).toThrow("lfw.json: got a result of model f00");
  for (const wrong of [{}, [], { ...result, accuracy: 2 }, { ...result, pairCount: 0.5 }]) {
    expect(() => read(wrong)).toThrow(OptionError);
  }
  expect(() => readScores("lfw.json", "{", bare.id)).toThrow("lfw.json: got no accuracies");
});

it("is read again beside its model, and not for another one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cosface-card-"));
  try {
    const card = modelCard({ ...bare, training });
    await writeCard(folder, card);
    const model = join(folder, "model.onnx");
    expect(await readCard(model, bare.id)).toEqual(card);
    expect(await readCard(model, "f00")).toBeUndefined();
    await writeFile(join(folder, "card.json"), "{");
    expect(await readCard(model, bare.id)).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true });
  }
});
