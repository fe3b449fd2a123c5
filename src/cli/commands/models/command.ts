import { defineGroup } from "../../declaration.ts";
import { command as card } from "./card/command.ts";
import { command as describe } from "./describe/command.ts";
import { command as list } from "./list/command.ts";
import { command as pull } from "./pull/command.ts";

export const command = defineGroup({
  name: "models",
  description: "List, describe and download models, with their inputs, outputs and licences",
  commands: [list, describe, card, pull],
  notes: `Only models pull downloads anything. Every --model and --detector takes the name of
a downloaded model.`,
  examples: [
    "cosface models list --json",
    "cosface models describe default",
    "cosface models card default",
    "cosface models pull https://example.org/yunet.onnx --sha256 HEX",
    "cosface detect photo.jpg --detector yunet",
  ],
});
