import { Command, Option } from "commander";
import { parseSize } from "./arguments.ts";
import { addSessionOptions, type SessionFlags } from "./face-options.ts";

export type Flags = SessionFlags & {
  detector: string;
  template: "arcface" | "arcface-128";
  input: [number, number];
  json?: boolean;
};

export function alignCommand(): Command {
  const command = new Command("align")
    .argument("<folder>", "photographs: folder with one subfolder an identity")
    .argument("<out>", "folder for the crops, or OUT/train.rec for a record file")
    .option("--detector <model>", "default, a pulled model, or the ONNX file of a detector", "default")
    .addOption(
      new Option("--template <name>", "where the landmarks go").choices(["arcface", "arcface-128"]).default("arcface"),
    )
    .option("--input <height>x<width>", "size of the crops; default 112x112", parseSize, [112, 112]);
  return addSessionOptions(command)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Of several faces the largest near the middle is taken: the one with the greatest
width · height − 2 · (distance from the middle)². Photographs without a face are
on the list left-out.tsv beside the crops. The same command goes on after a break.

Examples:
  cosface align photos/ faces/
  cosface align photos/ packed/train.rec --input 112x96`,
    )
    .action(async (folder: string, out: string, flags: Flags) =>
      (await import("./align-action.ts")).runAlign(folder, out, flags),
    );
}
