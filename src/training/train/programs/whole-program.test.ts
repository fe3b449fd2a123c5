import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SMALL_STEP } from "../../../../test/support/small-step.ts";
import { random } from "../../../base/core/index.ts";
import type { Tensors } from "../../../compiler/runtime/index.ts";
import type { Step } from "./program.ts";
import { WholeProgram } from "./whole-program.ts";

const create = () => WholeProgram.create(SMALL_STEP, { seed: 1, measure: false, threads: 1 });

const steps = Array.from({ length: 5 }, (_, i): Step => {
  const stream = random(2, i);
  return {
    batch: {
      images: Uint8Array.from({ length: 3072 }, () => stream.integer(256)),
      labels: Int32Array.from({ length: 4 }, () => stream.integer(5)),
    },
    scalars: { learningRate: 0.1 / (i + 1), margin: 0.35, stepNumber: i + 1 },
  };
});

const digests = (state: Tensors) =>
  Object.entries(state).map(([name, { data }]) => [
    name,
    createHash("sha256")
      .update(data as Float32Array)
      .digest("hex"),
  ]);

describe("WholeProgram", () => {
  let program: WholeProgram;
  let other: WholeProgram;
  beforeAll(async () => {
    [program, other] = [await create(), await create()];
  });
  afterAll(async () => {
    await program.close();
    await other.close();
  });

  it("gives the same bits however its steps are divided among calls", async () => {
    const first = digests(program.state);
    const apart = [];
    for (const step of steps) apart.push(...(await program.run([step])));
    const together = [...(await other.run(steps.slice(0, 2))), ...(await other.run(steps.slice(2)))];
    expect(together).toEqual(apart);
    expect(digests(other.state)).toEqual(digests(program.state));
    expect(digests(program.state)).not.toEqual(first);
  });

  it("keeps its state when a call fails, and goes on from it", async () => {
    const before = digests(program.state);
    const broken = { ...steps[0]!, batch: { ...steps[0]!.batch, images: new Uint8Array(7) } };
    await expect(program.run([broken])).rejects.toThrow(/does not match data length/);
    expect(digests(program.state)).toEqual(before);
    expect(await program.run([steps[0]!])).toEqual(await other.run([steps[0]!]));
    expect(digests(program.state)).toEqual(digests(other.state));
  });

  it("goes on from a state that is restored, and leaves the saved one alone", async () => {
    const saved = Object.fromEntries(
      Object.entries(program.state).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]),
    );
    const before = digests(saved);
    const results = await program.run(steps);
    other.restore(saved);
    expect(await other.run(steps)).toEqual(results);
    expect(digests(saved)).toEqual(before);
  });
});
