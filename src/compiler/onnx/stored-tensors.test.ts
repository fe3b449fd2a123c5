/** A file's tensors, replaced in its bytes: everything else is the same, byte for byte. */
import { describe, expect, it } from "vitest";
import { foreignFile, foreignModel } from "../../../test/support/foreign-network.ts";
import { changeOnnx, externalize, toHalfPrecision } from "../../../test/support/onnx-files.ts";
import { toHalf } from "../../base/core/index.ts";
import { constant, input, matmul } from "../graph/index.ts";
import { readOnnx } from "./reader.ts";
import { addOutput, embedExternalTensors, externalLocations, replaceTensors } from "./stored-tensors.ts";
import { writeOnnx } from "./writer.ts";

const dataOf = (bytes: Uint8Array, name: string) => [...(readOnnx(bytes).parameters.get(name)!.data as Float32Array)];

describe("replaceTensors", () => {
  it("changes the bytes of the numbers alone", () => {
    const weights = input("w", "f32", [2, 3]);
    const y = matmul(matmul(input("x", "f32", [1, 2]), weights), constant(new Float32Array(9).fill(1), [3, 3]));
    const before = Float32Array.of(1, 2, 3, 4, 5, 6);
    const file = writeOnnx(
      { name: "two", outputs: { y } },
      { initializers: new Map([["w", before]]), metadata: { a: "b" } },
    );
    const after = Float32Array.of(-1, -2, -3, -4, -5, -6);
    const changed = replaceTensors(file, new Map([["w", after]]));
    expect(changed.length).toBe(file.length);
    const start = Buffer.from(file).indexOf(Buffer.from(before.buffer));
    const expected = Uint8Array.from(file);
    expected.set(new Uint8Array(after.buffer), start);
    expect(Buffer.from(changed).equals(Buffer.from(expected))).toBe(true);
    expect(replaceTensors(file, new Map())).toBe(file);
  });

  it("writes numbers of initializers and of Constant nodes, however the file stores them", () => {
    const { nodes } = foreignModel();
    expect(nodes.some(([op]) => op === "Constant")).toBe(true);
    const file = foreignFile();
    for (const name of ["446", "conv2.weight"]) {
      const numbers = Float32Array.from(dataOf(file, name), (value) => value / 3);
      const changed = replaceTensors(file, new Map([[name, numbers]]));
      expect(dataOf(changed, name)).toEqual([...numbers]);
      expect(dataOf(changed, "fc.weight")).toEqual(dataOf(file, "fc.weight"));
    }
  });

  it("rounds to the file's 16 bits", () => {
    const half = toHalfPrecision(foreignFile());
    const numbers = new Float32Array(12).fill(1 / 3);
    const changed = replaceTensors(half, new Map([["fc.bias", numbers]]));
    expect(dataOf(changed, "fc.bias")[0]).toBeCloseTo(1 / 3, 3);
    expect(dataOf(changed, "fc.bias")[0]).not.toBe(Math.fround(1 / 3));
    expect(changed.length).toBe(half.length);
    expect(Buffer.from(changed).includes(Buffer.from(toHalf(numbers).buffer))).toBe(true);
  });

  it("refuses names that the file does not store, and whole numbers", () => {
    expect(() => replaceTensors(foreignFile(), new Map([["no", new Float32Array(1)]]))).toThrow(
      "got numbers for 'no', which it does not store",
    );
    expect(() => replaceTensors(foreignFile(), new Map([["flat", new Float32Array(2)]]))).toThrow(
      "'flat' is not a tensor of f32, float16 or bfloat16",
    );
  });
});

describe("weights in another file", () => {
  it("become part of the file", () => {
    const whole = foreignFile();
    const { bytes, weights } = externalize(whole, "w.bin");
    expect(externalLocations(whole)).toEqual([]);
    expect(externalLocations(bytes)).toEqual(["w.bin"]);
    const again = embedExternalTensors(bytes, new Map([["w.bin", weights]]));
    expect(dataOf(again, "fc.weight")).toEqual(dataOf(whole, "fc.weight"));
    expect(() => embedExternalTensors(bytes, new Map([["w.bin", weights.subarray(4)]]))).toThrow(
      /missing or too short/,
    );
  });
});

describe("addOutput", () => {
  it("adds one behind the others", () => {
    const changed = addOutput(foreignFile(), "e1", "batch", 12);
    const names: string[] = [];
    changeOnnx(changed, (graph) => names.push(...graph.output.map(({ name }) => name)));
    expect(names).toEqual(["embedding", "e1"]);
  });
});
