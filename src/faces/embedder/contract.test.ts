import { describe, expect, it } from "vitest";
import { CosfaceError, ModelError } from "../../base/core/index.ts";
import { contractMetadata, type EmbedderContract, embedderId, parseOverrides, readContract } from "./contract.ts";

const contract: EmbedderContract = {
  inputSize: [112, 96],
  embeddingSize: 512,
  channels: "bgr",
  mean: 127.5,
  std: 128,
  template: "arcface",
  flip: "concat",
};
const { inputSize, embeddingSize, ...preprocessing } = contract;

describe("a contract", () => {
  it("is read as it was written", () => {
    expect(readContract(contractMetadata(contract), {}, inputSize)).toEqual(preprocessing);
  });

  it("yields to what a person says", () => {
    const metadata = contractMetadata(contract);
    expect(readContract(metadata, { channels: "rgb", template: "none" }, inputSize)).toEqual({
      ...preprocessing,
      channels: "rgb",
      template: "none",
    });
  });

  it("has defaults for template and flip alone", () => {
    const given = { channels: "rgb", mean: 0, std: 1 } as const;
    expect(readContract({}, given, [128, 128])).toEqual({ ...given, flip: "none", template: "arcface-128" });
  });

  it("names what is missing", () => {
    expect(() => readContract({}, { mean: 127.5 }, inputSize)).toThrow(ModelError);
    expect(() => readContract({}, { mean: 127.5 }, inputSize)).toThrow("how its input is made: std, channels missing");
  });

  it.each([
    [{ mean: "127.5" }, 'got mean "127.5", expected a number'],
    [{ std: null }, "got std null, expected a number"],
    [{ channels: "RGB" }, "channels: got 'RGB', expected one of rgb, bgr"],
    [{ flip: "both" }, "flip: got 'both', expected one of none, concat, sum"],
    [{ template: "eyes" }, 'got template "eyes"'],
  ])("refuses %j", (given, message) => {
    expect(() => parseOverrides("m.json", given)).toThrow(CosfaceError);
    expect(() => parseOverrides("m.json", given)).toThrow(message);
  });
});

describe("an id", () => {
  const graph = Uint8Array.of(1, 2, 3);

  it("is 16 hexadecimal digits, the same for the same", () => {
    expect(embedderId(graph, contract)).toMatch(/^[0-9a-f]{16}$/);
    expect(embedderId(Uint8Array.of(1, 2, 3), { ...contract })).toBe(embedderId(graph, contract));
  });

  it("changes with the weights and with every part of the contract", () => {
    const others = [
      embedderId(Uint8Array.of(1, 2, 4), contract),
      ...Object.entries({
        inputSize: [96, 112],
        embeddingSize: 256,
        channels: "rgb",
        mean: 127,
        std: 127.5,
        template: "none",
        flip: "sum",
      }).map(([key, value]) => embedderId(graph, { ...contract, [key]: value })),
    ];
    expect(new Set([embedderId(graph, contract), ...others]).size).toBe(others.length + 1);
  });
});
