import { expect, it } from "vitest";
import { lossDefinitions } from "./registry.ts";
import { takesMargin } from "./takes-margin.ts";

it("says which losses a warm-up of the margin has an effect on, however their options are named", () => {
  const names = lossDefinitions.filter((definition) => takesMargin(definition.create())).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["cosface", "arcface", "adaface", "magface", "triplet"]));
  for (const without of ["softmax", "nsl", "asoftmax", "lsoftmax", "center"]) expect(names).not.toContain(without);
});
