import { OptionError } from "../../base/core/index.ts";
import { iresnet } from "./iresnet.ts";
import { mobileFaceNet } from "./mobilefacenet.ts";
import type { Architecture } from "./network.ts";
import { sphere } from "./sphere.ts";
import { toyNetwork } from "./toy.ts";

/** Every network, by the name that commands and checkpoints use. */
const registry: readonly Architecture[] = [
  sphere("sphere4", [0, 0, 0, 0]),
  sphere("sphere10", [0, 1, 2, 0]),
  sphere("sphere20", [1, 2, 4, 1]),
  sphere("sphere36", [2, 4, 8, 2]),
  // The paper's "64 convolutional layers": 4 entries and 2 · (3 + 8 + 16 + 3).
  sphere("sphere64", [3, 8, 16, 3]),
  // The released definition has 62 layers.
  sphere("sphere62", [3, 7, 16, 3]),
  // Not published: half the channels and an early stride, for small data sets and CPUs.
  iresnet("iresnet10-light", [1, 1, 1, 1], { channels: [32, 64, 128, 256], isStrideFirst: true }),
  iresnet("iresnet14-light", [1, 2, 2, 1], { channels: [32, 64, 128, 256], isStrideFirst: true }),
  iresnet("iresnet18", [2, 2, 2, 2]),
  iresnet("iresnet34", [3, 4, 6, 3]),
  iresnet("iresnet50", [3, 4, 14, 3]),
  iresnet("iresnet100", [3, 13, 30, 3]),
  mobileFaceNet("mobilefacenet-128", 128),
  mobileFaceNet("mobilefacenet-512", 512),
  toyNetwork(),
];

/** All networks of the registry. */
export function allNetworks(): readonly Architecture[] {
  return registry;
}

/** A network by its name; "mobilefacenet" is the 512-d one. @throws {OptionError} that lists all names. */
export function findNetwork(name: string): Architecture {
  const wanted = name === "mobilefacenet" ? "mobilefacenet-512" : name;
  const found = registry.find((architecture) => architecture.name === wanted);
  if (found === undefined) {
    throw new OptionError(`network: got '${name}', expected one of ${registry.map((known) => known.name).join(", ")}`);
  }
  return found;
}
