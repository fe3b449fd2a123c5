import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import {
  chooseLossOptions,
  comparedLosses,
  createLoss,
  isSameLoss,
  type LossOptions,
  lossDefinitions,
  lossNames,
  parseLossOptions,
} from "./registry.ts";

const casia = { identities: 10_575, dimension: 512 };

describe("createLoss", () => {
  it("makes every loss by its name, with the paper's defaults", () => {
    const made = lossNames.map((name) => createLoss({ name } as LossOptions));
    expect(made.map(({ name, margin = 0, scale = 1 }) => [name, margin, scale])).toEqual(
      expect.arrayContaining([
        ["softmax", 0, 1],
        ["nsl", 0, 64],
        ["lsoftmax", 4, 1],
        ["asoftmax", 4, 1],
        ["cosface", 0.35, 64],
        ["arcface", 0.5, 64],
        ["combined", 0.2, 64],
        ["contrastive", 1, 1],
        ["center", 0, 1],
        ["triplet", 0.35, 1],
      ]),
    );
  });

  it("passes on the options of a loss", () => {
    expect(createLoss({ name: "cosface", margin: 0.2, scale: 30 })).toMatchObject({ margin: 0.2, scale: 30 });
    expect(createLoss({ name: "arcface", marginRadians: 0.3 }).margin).toBe(0.3);
    expect(createLoss({ name: "asoftmax", margin: 2, scale: 30 })).toMatchObject({ margin: 2, scale: 30 });
    expect(createLoss({ name: "cosface", scale: "norm" })).toMatchObject({ margin: 0.35, scale: 1 });
  });

  it("refuses an option that the loss does not have, and lists those that it has", () => {
    expect(() => createLoss({ name: "softmax", scale: 30 } as LossOptions)).toThrow(
      "softmax: scale: got 30, but this loss has no options",
    );
    expect(() => createLoss({ name: "cosface", marginRadians: 1 } as LossOptions)).toThrow(
      /has the options margin, scale/,
    );
    expect(() => createLoss({ name: "arcface", scale: "norm" } as unknown as LossOptions)).toThrow(
      "arcface: scale: got 'norm', expected a positive number",
    );
  });

  it("names the known losses when asked for another", () => {
    expect(() => createLoss({ name: "centre" } as unknown as LossOptions)).toThrow(OptionError);
    expect(() => createLoss({ name: "centre" } as unknown as LossOptions)).toThrow(
      /softmax, nsl, lsoftmax, asoftmax, cosface/,
    );
  });
});

describe("parseLossOptions", () => {
  it("reads the names that options had before, and writes the present ones in a fixed order", () => {
    const former = parseLossOptions({ scale: 64, name: "arcface", margin: 0.4 });
    expect(JSON.stringify(former)).toBe('{"name":"arcface","marginRadians":0.4,"scale":64}');
    expect(createLoss({ name: "arcface", margin: 0.4 } as unknown as LossOptions).margin).toBe(0.4);
    expect(() => parseLossOptions({ name: "arcface", margin: 0.4, marginRadians: 0.4 })).toThrow(/under two names/);
    expect(isSameLoss(former, { name: "arcface", scale: 64, marginRadians: 0.4 })).toBe(true);
    expect(isSameLoss(former, { name: "arcface", scale: 64 })).toBe(false);
    expect(isSameLoss({ name: "arcface", marginRadians: 0.5, scale: 30 }, { name: "arcface", scale: 30 })).toBe(true);
    expect(isSameLoss({ name: "nsl" }, { name: "cosface" })).toBe(false);
  });
});

describe.each(lossDefinitions)("the declaration of $name", (definition) => {
  it("has a formula, a paper and a phrase about each option, whose default is in its range", () => {
    expect(definition.formula).toMatch(/\S/);
    expect(definition.paper).toMatch(/(CVPR|ICML|NIPS|ECCV|ICCV|TPAMI|https:)/);
    for (const [key, option] of Object.entries(definition.options)) {
      expect(option.doc).toMatch(/^([^.]|\.(?=\d)){8,}[^.]$/);
      if (option.default !== undefined)
        expect(definition.parse({ [key]: option.default })).toEqual({ [key]: option.default });
    }
  });

  it("has flags that differ from each other", () => {
    const flags = Object.entries(definition.options).map(([key, { flag = key }]) => flag);
    expect(new Set(flags).size).toBe(flags.length);
  });
});

describe("chooseLossOptions", () => {
  it("chooses CosFace's margin first, and the scale for it", () => {
    const { loss, notes } = chooseLossOptions({ name: "cosface", scale: "auto", margin: "auto" }, casia);
    expect(loss).toMatchObject({ name: "cosface", margin: 0.35, scale: expect.closeTo(32.3, 0) });
    expect(notes.map((note) => note.split(":")[0])).toEqual(["margin 0.35", expect.stringMatching(/^scale 32/)]);
    const plain = chooseLossOptions({ name: "nsl", scale: "auto" }, casia).loss;
    expect(plain).toMatchObject({ name: "nsl", scale: expect.closeTo(16, 0) });
  });

  it("refuses to choose where no bound is known", () => {
    expect(() => chooseLossOptions({ name: "arcface", scale: "auto" }, casia)).toThrow(OptionError);
  });
});

it("compares losses under names of their own", () => {
  const titles = comparedLosses(30).map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  expect(titles).toEqual(expect.arrayContaining(["softmax", "A-Softmax, s = 30", "NSL, s = 20", "CosFace", "ArcFace"]));
});
