import { Command, Option } from "commander";
import { lfwImages, readLfwPairs } from "../data/index.ts";
import {
  type ChannelOrder,
  type ContractOverrides,
  channelOrders,
  flipRules,
  openEmbedder,
  verifySet,
} from "../embedder/index.ts";
import type { FlipRule, TarAtFar, VerificationResult } from "../eval/index.ts";
import { type Device, devices } from "../runtime/index.ts";
import { parseInteger, parseNumber } from "./arguments.ts";
import { clearProgress, formatPercent, print, printJson, progress } from "./output.ts";

type Flags = {
  protocol: "lfw";
  images: string;
  pairs: string;
  flip?: FlipRule;
  centering?: boolean;
  mean?: number;
  std?: number;
  channels?: ChannelOrder;
  threads?: number;
  device?: Device;
  json?: boolean;
};

export function evaluateCommand(): Command {
  return new Command("evaluate")
    .description("Score an ONNX embedder on LFW-style pairs of aligned faces")
    .argument("<model>", "ONNX file: N×3×H×W → N×d")
    .addOption(new Option("--protocol <name>", "ten-fold verification").choices(["lfw"]).default("lfw"))
    .requiredOption("--images <folder>", "aligned images, NAME/NAME_0001.jpg")
    .requiredOption("--pairs <file>", "list of pairs in LFW's format")
    .addOption(new Option("--flip <rule>", "use of the mirror image; default: the model's").choices(flipRules))
    .option("--centering", "subtract the mean embedding of the other folds")
    .option("--mean <x>", "input = (pixel − mean) / std; default: the model's", parseNumber)
    .option("--std <x>", "see --mean", parseNumber)
    .addOption(new Option("--channels <order>", "default: the model's").choices(channelOrders))
    .option("--threads <n>", "default: all cores", parseInteger)
    .addOption(new Option("--device <name>", "default cpu").choices(devices))
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Examples:
  cosface evaluate runs/first/model.onnx --images lfw/aligned --pairs lfw/pairs.txt
  cosface evaluate arcface.onnx --images lfw/aligned --pairs lfw/pairs.txt --mean 127.5 --std 127.5 --channels rgb --flip none`,
    )
    .action(runEvaluate);
}

async function runEvaluate(model: string, flags: Flags): Promise<void> {
  const { protocol, images, pairs, flip, centering = false, mean, std, channels, threads, device, json } = flags;
  const overrides: ContractOverrides = {
    ...(mean === undefined ? {} : { mean }),
    ...(std === undefined ? {} : { std }),
    ...(channels === undefined ? {} : { channels }),
    ...(flip === undefined ? {} : { flip }),
  };
  const set = await lfwImages(images, await readLfwPairs(pairs));
  const embedder = await openEmbedder(model, overrides, {
    ...(threads === undefined ? {} : { threads }),
    ...(device === undefined ? {} : { device }),
  });
  const onProgress = (done: number, total: number) => progress(`${done} of ${total} images`);
  const result = await verifySet(embedder, set, { centering, onProgress });
  clearProgress();
  await embedder.close();
  if (json) {
    const { genuineScores, impostorScores, ...rest } = result;
    printJson({ ...rest, protocol });
  } else {
    print(...describeResult(result));
  }
}

function describeResult({
  variant,
  pairCount,
  accuracy,
  standardDeviation,
  folds,
  eer,
  auc,
  tarAtFar,
}: VerificationResult): string[] {
  const thresholds = folds.map(({ threshold }) => threshold);
  return [
    `accuracy    ${formatPercent(accuracy)} ± ${formatPercent(standardDeviation)} (standard deviation of ${folds.length} folds, ${pairCount} pairs)`,
    `variant     ${variant}`,
    `thresholds  ${Math.min(...thresholds).toFixed(3)} to ${Math.max(...thresholds).toFixed(3)} (cosine)`,
    `EER         ${formatPercent(eer)}`,
    `AUC         ${auc.toFixed(5)}`,
    ...tarAtFar.map(describeTar),
  ];
}

function describeTar({ far, tar, threshold, reason }: TarAtFar): string {
  const name = `TAR@FAR=${far}`.padEnd(18);
  return tar === null
    ? `${name}not measurable: ${reason}`
    : `${name}${formatPercent(tar)} (threshold ${threshold?.toFixed(3)})`;
}
