import { Command } from "commander";
import { addContractOptions, type ContractFlags } from "./face-options.ts";
import { addGalleryOptions } from "./gallery-options.ts";
import { addFaceOption, type FaceRule } from "./recognition-options.ts";
import type { SettingFlags } from "./settings-options.ts";

export type Flags = SettingFlags &
  ContractFlags & {
    readonly aligned?: boolean;
    readonly face: FaceRule;
    readonly keepPictures?: boolean;
    readonly json?: boolean;
  };

export function enrollCommand(): Command {
  const command = new Command("enroll")
    .description("Enroll photographs, one subfolder a person, into a collection, which is made when missing")
    .argument("<collection>")
    .argument("<folder>", "its subfolders have the people's names")
    .option("--aligned", "the pictures are aligned crops: no face is looked for")
    .option("--keep-pictures", "keep the aligned crop of each face, with which another model can take over later");
  addFaceOption(command);
  return addContractOptions(addGalleryOptions(command, ["model", "detector", "threads"]))
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
What was enrolled from the same photograph before is passed over, so that the same
command goes on after Ctrl-C or a crash. Photographs without a face, or with
several, are told on stderr; where one cannot be read, the exit code is 1.

Examples:
  cosface gallery enroll staff photos/ --keep-pictures
  cosface gallery enroll staff crops/ --aligned --model runs/first/model.onnx`,
    )
    .action(async (collection: string, folder: string, flags: Flags) =>
      (await import("./gallery-enroll-action.ts")).runEnroll(collection, folder, flags),
    );
}
