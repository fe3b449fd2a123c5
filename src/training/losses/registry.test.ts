import { expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { createLoss, type LossOptions, lossNames } from "./registry.ts";

it("makes every loss by its name, with the paper's defaults", () => {
  const made = lossNames.map((name) => createLoss({ name })).map(({ name, margin, scale }) => [name, margin, scale]);
  expect(made).toEqual([
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
  ]);
});

it("hands on what a loss takes, and leaves aside what it does not have", () => {
  expect(createLoss({ name: "cosface", margin: 0.2, scale: 30, lambda: 5 })).toMatchObject({ margin: 0.2, scale: 30 });
  expect(createLoss({ name: "arcface", margin: 0.3 }).margin).toBe(0.3);
  expect(createLoss({ name: "asoftmax", margin: 2, scale: 30 })).toMatchObject({ margin: 2, scale: 30 });
  expect(createLoss({ name: "cosface", scale: "norm" })).toMatchObject({ margin: 0.35, scale: 1 });
  expect(createLoss({ name: "softmax", margin: 2, scale: 30 })).toMatchObject({ margin: 0, scale: 1 });
});

it("refuses to keep the norm where a loss has no form for it", () => {
  expect(() => createLoss({ name: "arcface", scale: "norm" })).toThrow(/arcface: scale: got 'norm'/);
});

it("names the losses there are to one who asks for another", () => {
  expect(() => createLoss({ name: "centre" } as unknown as LossOptions)).toThrow(OptionError);
  expect(() => createLoss({ name: "centre" } as unknown as LossOptions)).toThrow(
    /softmax, nsl, lsoftmax, asoftmax, cosface/,
  );
});
