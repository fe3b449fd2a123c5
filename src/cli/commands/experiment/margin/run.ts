import { marginExperiment } from "../../../../training/experiments/index.ts";
import { runSweepCommand } from "../run-sweep.ts";
import type { Flags } from "./options.ts";

export function run(flags: Flags): Promise<number> {
  return runSweepCommand(() => marginExperiment(flags.scale, flags.margins), flags);
}
