import { Command, Option } from "commander";
import type { Device } from "../compiler/runtime/index.ts";
import { devices } from "../compiler/runtime/names.ts";

export type Flags = { json?: boolean; probe?: Device };

export function doctorCommand(): Command {
  return new Command("doctor")
    .option("--json", "print JSON")
    .addOption(new Option("--probe <device>", "try one device in a process of its own").choices(devices).hideHelp())
    .addHelpText(
      "after",
      `
Takes a few seconds. The exit code is 1 when training is not possible here.

Examples:
  cosface doctor
  cosface doctor --json > machine.json`,
    )
    .action(async (flags: Flags) => (await import("./doctor-action.ts")).runDoctor(flags));
}
