import { Command } from "commander";
import { addContractOptions, type ContractFlags } from "./face-options.ts";
import { addGalleryOptions } from "./gallery-options.ts";
import type { SettingFlags } from "./settings-options.ts";

export type Flags = SettingFlags &
  ContractFlags & {
    readonly from: string;
    readonly photographs?: boolean;
    readonly dropWithoutPicture?: boolean;
    readonly json?: boolean;
  };

export function reembedCommand(): Command {
  const command = new Command("reembed")
    .description("Move a collection to another model, by the pictures that were kept of its people")
    .argument("<collection>")
    .option("--from <model>", "the model that it is of, whose crops the pictures are", "default")
    .option("--photographs", "the pictures are no crops of a model's: look for the face on each")
    .option("--drop-without-picture", "drop templates that have none, instead of changing nothing");
  return addContractOptions(addGalleryOptions(command, ["model", "detector", "threads"]))
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
--model is the model to move to. All is done in one transaction, or nothing: what
enrolls meanwhile waits. A service has to be started with the new model afterwards,
and the new model's scores need thresholds of their own (cosface calibrate).

Examples:
  cosface gallery reembed staff --model w600k
  cosface gallery reembed staff --from w600k --model runs/first/model.onnx`,
    )
    .action(async (collection: string, flags: Flags) =>
      (await import("./gallery-reembed-action.ts")).runReembed(collection, flags),
    );
}
