import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "doctor",
  description: "Check what this machine offers for training, and what prevents it",
  options,
  notes: "Takes a few seconds.",
  exitCodes: { 0: "training is possible here", 1: "it is not", 2: "an error" },
  examples: ["cosface doctor", "cosface doctor --json > machine.json"],
  load: () => import("./run.ts"),
});
