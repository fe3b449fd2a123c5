import { Command, Option } from "commander";
import { addContractOptions, addSessionOptions, type ContractFlags, type SessionFlags } from "./face-options.ts";

export type Flags = ContractFlags &
  SessionFlags & {
    protocol: "lfw" | "megaface";
    images: string;
    pairs?: string;
    distractors?: string;
    align?: boolean;
    detector?: string;
    centering?: boolean;
    json?: boolean;
  };

export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .argument("<model>", "ONNX file, N×3×H×W → N×d, a pulled model, or default: the one that npm brings")
    .addOption(
      new Option("--protocol <name>", "ten-fold verification, or known people among strangers")
        .choices(["lfw", "megaface"])
        .default("lfw"),
    )
    .requiredOption("--images <folder>", "aligned images, NAME/NAME_0001.jpg")
    .option("--pairs <file>", "lfw: list of pairs in LFW's format")
    .option("--distractors <folder>", "megaface: aligned images of strangers; as --images, also train.rec")
    .option("--align", "the images are photographs: detect and align first")
    .option("--detector <model>", "with --align: default, a pulled model, or the ONNX file of a detector")
    .option("--centering", "subtract the mean embedding of the other folds");
  return addSessionOptions(addContractOptions(command))
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
With --align the largest face near the middle is taken. A pair with an image
without a face has score 0; missedImageCount says how many images those are.
With megaface each image is sought by each other image of its person, among the
distractors: rank-k rates, and TAR at FAR 1e-6 and up over all pairs with them.

Examples:
  cosface evaluate runs/first/model.onnx --images lfw/aligned --pairs lfw/pairs.txt
  cosface evaluate default --images lfw/photos --pairs lfw/pairs.txt --align
  cosface evaluate arcface.onnx --images lfw/aligned --pairs lfw/pairs.txt --mean 127.5 --std 127.5 --channels rgb --flip none
  cosface evaluate runs/first/model.onnx --protocol megaface --images people/ --distractors strangers/train.rec`,
    )
    .action(async (model: string, flags: Flags) => (await import("./evaluate-action.ts")).runEvaluate(model, flags));
}
