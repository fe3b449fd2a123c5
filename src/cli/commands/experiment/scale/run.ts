import { scaleExperiment } from "../../../../training/experiments/index.ts";
import { runSweepCommand } from "../run-sweep.ts";
import type { Flags } from "./options.ts";

export function run(flags: Flags): Promise<number> {
  return runSweepCommand(({ dataset }) => scaleExperiment(dataset.identityCount, flags.margin, flags.scales), flags);
}
