import { defineGroup } from "../../declaration.ts";
import { command as losses } from "./losses/command.ts";
import { command as margin } from "./margin/command.ts";
import { command as normalization } from "./normalization/command.ts";
import { command as scale } from "./scale/command.ts";
import { command as toy } from "./toy/command.ts";

export const command = defineGroup({
  name: "experiment",
  description: "Repeat the paper's experiments, each with a report",
  commands: [toy, margin, losses, normalization, scale],
  examples: [
    "cosface experiment toy",
    "cosface experiment margin --parallel 2",
    "cosface experiment margin --parallel 2 --json",
  ],
});
