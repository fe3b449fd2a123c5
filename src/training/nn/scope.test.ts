import { expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { add, inputName } from "../../compiler/graph/index.ts";
import { constantly } from "./initializers.ts";
import { Scope } from "./scope.ts";

const zero = constantly(0);

it("keeps parameters in the order in which they were asked for, with their options", () => {
  const scope = new Scope(true);
  const value = scope.parameter("conv.weight", [2, 3], zero);
  scope.parameter("conv.bias", [2], zero, { decay: false, learningRateFactor: 2 });
  scope.parameter("bn.weight", [2], zero, { frozen: true });
  expect(scope.parameters.map(({ name }) => name)).toEqual(["conv.weight", "conv.bias", "bn.weight"]);
  expect(scope.parameters[0]).toMatchObject({ value, decay: true, learningRateFactor: 1, frozen: false });
  expect(scope.parameters[1]).toMatchObject({ shape: [2], decay: false, learningRateFactor: 2 });
  expect(scope.parameters[2]).toMatchObject({ frozen: true });
  expect(inputName(value)).toBe("conv.weight");
  expect(value).toMatchObject({ type: "f32", shape: [2, 3] });
});

it("renews statistics in training alone", () => {
  const [training, inference] = [new Scope(true), new Scope(false)];
  for (const scope of [training, inference]) scope.statistic("bn.mean", [2], zero, (old) => add(old, 1));
  expect(training.statistics[0]!.next.node.op.name).toBe("add");
  expect(inference.statistics[0]!.next).toBe(inference.statistics[0]!.value);
});

it("refuses a name twice, whether of a parameter or of a statistic", () => {
  const scope = new Scope(true);
  scope.parameter("a", [1], zero);
  scope.statistic("b", [1], zero, (old) => old);
  for (const name of ["a", "b"]) {
    expect(() => scope.parameter(name, [1], zero)).toThrow(OptionError);
    expect(() => scope.statistic(name, [1], zero, (old) => old)).toThrow(`two parameters named '${name}'`);
  }
});
