import { describe, expect, it } from "vitest";
import type { OnnxBranch, OnnxNode } from "./format.ts";
import { isolateForward } from "./isolate-forward.ts";

const node = (opType: string, inputs: string[], output: string): OnnxNode => ({
  opType,
  inputs,
  outputs: [output],
  attributes: {},
});
const text = ({ opType, inputs, outputs }: OnnxNode) => `${outputs} = ${opType} ${inputs}`;

const nodes = [
  node("Conv", ["x", "w"], "a"),
  node("PRelu", ["a", "slope"], "b"),
  node("Neg", ["a"], "n"),
  node("Exp", ["n"], "e"),
  node("Add", ["b", "e"], "loss"),
  node("Mul", ["a", "b"], "c"),
  node("Mul", ["e", "c"], "d"),
];

describe("isolateForward", () => {
  const [branching, ...rest] = isolateForward(nodes, ["loss"], "always");
  const branch = branching!.attributes.then_branch as OnnxBranch;

  it("puts the nodes that compute a result into a branch, whose outputs are the result and the inputs of other nodes", () => {
    expect(text(branching!)).toBe("loss,a,e = If always");
    expect(branch.nodes.map(text)).toEqual([
      "loss/a = Conv x,w",
      "loss/b = PRelu loss/a,slope",
      "loss/n = Neg loss/a",
      "loss/e = Exp loss/n",
      "loss/loss = Add loss/b,loss/e",
    ]);
    expect(branch.outputs).toEqual(["loss/loss", "loss/a", "loss/e"]);
    expect(branching!.attributes.else_branch).toBe(branch);
  });

  it("lets an output of the graph leave the branch, where it is computed on the way to the result", () => {
    const [leaving] = isolateForward(nodes, ["loss"], "always", ["loss", "n", "d"]);
    expect(text(leaving!)).toBe("loss,n,a,e = If always");
  });

  it("computes a PReLU again where its input is held anyway", () => {
    expect(rest.map(text)).toEqual(["b = PRelu a,slope", "c = Mul a,b", "d = Mul e,c"]);
    const alone = isolateForward([...nodes.slice(0, 5), node("Exp", ["b"], "c")], ["loss"], "always");
    expect(alone.map(text)).toEqual(["loss,b = If always", "c = Exp b"]);
  });
});
