import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { verifyGraph } from "../../compiler/graph/index.ts";
import { networkCost } from "./cost.ts";
import { buildNetwork, configureNetwork } from "./network.ts";
import { allNetworks, findNetwork } from "./registry.ts";

type Row = readonly [name: string, inputSize: readonly [number, number], parameters: string, macs: string];

// Parameters in millions and multiply-accumulates in billions, in as many digits as are published (or computed from the
// released definitions): SphereFace's prototxt, InsightFace's README and FaceX-Zoo, MobileFaceNets' table 1.
const PUBLISHED: readonly Row[] = [
  ["sphere4", [112, 96], "12.6", "0.16"],
  ["sphere10", [112, 96], "15.2", "0.76"],
  ["sphere20", [112, 96], "22.67", "1.75"],
  ["sphere36", [112, 96], "32.77", "3.34"],
  ["sphere64", [112, 96], "48.19", "6.11"],
  ["sphere62", [112, 96], "47.89", "5.91"],
  ["sphere20", [112, 112], "24.50", "2.04"],
  ["sphere36", [112, 112], "34.6", "3.89"],
  ["sphere64", [112, 112], "50.02", "7.13"],
  ["sphere62", [112, 112], "49.73", "6.90"],
  // Unpublished: counted once, so that a change shows.
  ["iresnet10-light", [112, 112], "7.65", "0.21"],
  ["iresnet14-light", [112, 112], "8.02", "0.33"],
  ["iresnet18", [112, 112], "24.03", "2.61"],
  ["iresnet34", [112, 112], "34.14", "4.46"],
  ["iresnet50", [112, 112], "43.59", "6.31"],
  ["iresnet100", [112, 112], "65.16", "12.09"],
  ["mobilefacenet-128", [112, 112], "1.003", "0.221"],
  ["mobilefacenet-512", [112, 112], "1.20", "0.221"],
  ["toy", [32, 32], "0.10", "0.0010"],
];

const digits = (text: string) => text.length - text.indexOf(".") - 1;

describe("networkCost", () => {
  it.each(PUBLISHED)("%s at %o: %s M parameters, %s G multiply-accumulates", (name, inputSize, parameters, macs) => {
    const cost = networkCost(configureNetwork(findNetwork(name), { inputSize }));
    expect((cost.parameters / 1e6).toFixed(digits(parameters))).toBe(parameters);
    expect((cost.macs / 1e9).toFixed(digits(macs))).toBe(macs);
  });

  it("covers every network", () => {
    expect([...new Set(PUBLISHED.map(([name]) => name))].sort()).toEqual(
      allNetworks()
        .map(({ name }) => name)
        .sort(),
    );
  });

  it("is counted by hand for sphere4 at 112×96: convolutions with biases and PReLUs, then the FC on a 7×6 map", () => {
    const channels = [3, 64, 128, 256, 512];
    const areas = [56 * 48, 28 * 24, 14 * 12, 7 * 6];
    let [parameters, macs] = [512 * 42 * 512 + 512, 512 * 42 * 512];
    for (const [i, area] of areas.entries()) {
      const taps = channels[i]! * channels[i + 1]! * 9;
      parameters += taps + 2 * channels[i + 1]!;
      macs += taps * area;
    }
    expect(networkCost(configureNetwork(findNetwork("sphere4")))).toEqual({ parameters, macs });
  });
});

describe.each(allNetworks().map((architecture) => [architecture.name, architecture] as const))(
  "%s",
  (_, architecture) => {
    it("builds for training and inference, with the same parameters and statistics of unique names", () => {
      const network = configureNetwork(architecture);
      const [training, inference] = [true, false].map((mode) => buildNetwork(network, 2, { training: mode }));
      const describeScope = ({ scope }: typeof training & object) => [
        scope.parameters.map(({ name, shape, decay, frozen }) => [name, shape, decay, frozen]),
        scope.statistics.map(({ name, shape }) => [name, shape]),
      ];
      expect(describeScope(training!)).toEqual(describeScope(inference!));
      expect(training!.embeddings.shape).toEqual([2, architecture.embeddingSize]);
      expect(training!.embeddings.type).toBe("f32");
      for (const { embeddings, scope } of [training!, inference!]) {
        const next = Object.fromEntries(scope.statistics.map((statistic) => [statistic.name, statistic.next]));
        verifyGraph({ name: architecture.name, outputs: { embeddings, ...next } });
      }
    });

    it("takes any number of images, another size of input, and another size of embedding", () => {
      const network = configureNetwork(architecture, { inputSize: [48, 32], embeddingSize: 10 });
      const { images, embeddings } = buildNetwork(network, "batch");
      expect(images.shape).toEqual(["batch", 3, 48, 32]);
      expect(embeddings.shape).toEqual(["batch", 10]);
    });

    it("refuses sides that it cannot halve four times, and empty embeddings", () => {
      const sizes: readonly (readonly [number, number])[] = [
        [112, 100],
        [100, 112],
        [0, 112],
        [-112, 112],
        [112.5, 112],
        [Number.NaN, 112],
      ];
      for (const inputSize of sizes) {
        expect(() => configureNetwork(architecture, { inputSize })).toThrow(OptionError);
        expect(() => configureNetwork(architecture, { inputSize })).toThrow(
          "expected both sides to be multiples of 16",
        );
      }
      for (const embeddingSize of [0, 1.5, Number.NaN]) {
        expect(() => configureNetwork(architecture, { embeddingSize })).toThrow(/embedding size: got/);
      }
    });
  },
);

describe("findNetwork", () => {
  it("knows each network by its name, and mobilefacenet as the one of 512 dimensions", () => {
    for (const architecture of allNetworks()) expect(findNetwork(architecture.name)).toBe(architecture);
    expect(findNetwork("mobilefacenet")).toMatchObject({ name: "mobilefacenet-512", embeddingSize: 512 });
  });

  it("lists the names for an unknown one", () => {
    expect(() => findNetwork("resnet50")).toThrow(OptionError);
    expect(() => findNetwork("resnet50")).toThrow(/got 'resnet50', expected one of sphere4, .*iresnet18/);
  });
});
