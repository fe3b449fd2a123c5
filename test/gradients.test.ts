import { describe, expect, it } from "vitest";
import { allOps, type Op, type Sample, samplesByLowering } from "../src/compiler/graph/index.ts";
import { hasBlockedConvolutions } from "../src/compiler/runtime/index.ts";
import { gradientError } from "./gradient-check.ts";

/** What central differences of the sample's precision and step can resolve: far below the 0.1 % of a wrong rule. */
const tolerance = ({ precision }: Sample) => (precision === "f32" ? 4e-4 : 1e-6);

const differentiable = allOps().filter(({ vjp }) => typeof vjp === "function");

/** Not every processor has convolutions in blocks. */
const hasBlocks = await hasBlockedConvolutions();

describe.each(differentiable.map((op): [string, Op] => [op.name, op]))("%s", (_, op) => {
  it.each(
    samplesByLowering(op)
      .filter(({ lowering }) => hasBlocks || lowering?.needsBlocks !== true)
      .map(({ sample, lowering }, i): [number, string, Sample] => [i, lowering?.name ?? "", sample]),
  )("sample %i %s: gradient agrees with central differences", async (_, lowering, sample) => {
    const error = await gradientError(op, sample, { lowering });
    expect(error).toBeLessThan(tolerance(sample));
  });

  it("a gradient wrong by 0.1 % fails", async () => {
    const [sample] = op.samples();
    expect(await gradientError(op, sample!, { distort: 1.001 })).toBeGreaterThan(tolerance(sample!));
  });
});

describe("ops without a gradient", () => {
  it.each(
    allOps().flatMap(({ name, vjp }) =>
      typeof vjp === "function" ? [] : [[name, "none" in vjp ? vjp.none : vjp.zero]],
    ),
  )("%s says why", (_, reason) => {
    expect(reason).toMatch(/\w/);
  });
});
