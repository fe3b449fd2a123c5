import { OptionError } from "../../base/core/index.ts";
import { elementCount, matchBatchNorm, outputValues, sortedNodes, type Value } from "../../compiler/graph/index.ts";
import type { OnnxModel } from "../../compiler/onnx/index.ts";
import type { ParameterOptions } from "../nn/index.ts";
import type { LayerPlan } from "./layer-plan.ts";

/** How the tensors of a foreign file are trained. */
export type ForeignTraining = {
  /** What keeps its weights: groups, "head" or "stage1" …, and patterns of tensor names, in which * is any text. */
  readonly freeze: readonly string[];
  /** Learning rate of the network as a share of the head's, in (0, 1]. */
  readonly encoderRate: number;
  /** Factor of the rate from a layer to the one before it, in (0, 1]; 1 for one rate. */
  readonly layerDecay: number;
  /** Whether running means and variances of batch normalizations stay, or follow the new images. */
  readonly batchNorm: "frozen" | "train";
};

/** Whether and how one tensor is trained; `isStatistic` for one that follows the images without a gradient. */
export type TensorRule = Required<ParameterOptions> & { readonly isStatistic: boolean };

/**
 * The rule of each tensor of a file, by its name.
 * @throws {OptionError} for a group or pattern that nothing matches.
 */
export function trainingRules(
  { graph, parameters }: Pick<OnnxModel, "graph" | "parameters">,
  { positions, layerCount }: LayerPlan,
  { freeze, encoderRate, layerDecay, batchNorm }: ForeignTraining,
): ReadonlyMap<string, TensorRule> {
  const running = runningStatistics(outputValues(graph));
  const matched = new Set<string>();
  const rules = new Map<string, TensorRule>();
  for (const [name, { value }] of parameters) {
    const { shape, type } = value;
    const position = positions.get(value);
    const hits = freeze.filter((pattern) => pattern === position?.group || matches(name, pattern));
    for (const pattern of hits) matched.add(pattern);
    const isStatistic = running.has(value) && batchNorm === "train" && hits.length === 0;
    // A number alone belongs to a formula, such as an epsilon or a factor.
    const isFixed = elementCount(shape) === 1 || position === undefined || position.isPreprocessing || type !== "f32";
    const distance = layerCount - 1 - (position?.depth ?? 0);
    rules.set(name, {
      isStatistic,
      frozen: hits.length > 0 || isFixed || running.has(value),
      decay: shape.length > 1,
      learningRateFactor: encoderRate * layerDecay ** distance,
    });
  }
  const unmatched = freeze.find((pattern) => !matched.has(pattern));
  if (unmatched === undefined) return rules;
  const groups = new Set([...positions.values()].map(({ group }) => group));
  throw new OptionError(
    `freeze: nothing in this network is called '${unmatched}': it has ${[...groups].sort().join(", ")}, and tensors such ` +
      `as ${[...parameters.keys()].slice(0, 3).join(", ")}`,
  );
}

/** Running means and variances: tensors that batch normalizations alone take, as these. */
function runningStatistics(outputs: readonly Value[]): ReadonlySet<Value> {
  const nodes = sortedNodes(outputs);
  const running = new Set(nodes.flatMap((node) => matchBatchNorm(node)?.inputs.slice(3) ?? []));
  for (const node of nodes) {
    const others = matchBatchNorm(node)?.inputs.slice(0, 3) ?? node.inputs;
    for (const value of others) running.delete(value);
  }
  return running;
}

function matches(name: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}
