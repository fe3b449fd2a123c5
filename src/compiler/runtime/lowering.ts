/**
 * Which lowering of a convolution or its gradients is fastest depends on its shape, the machine and the number of threads, and
 * no rule was found that is right everywhere. So each is measured once, and the winner is remembered on disk.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus, homedir } from "node:os";
import { dirname, join } from "node:path";
import {
  type Attributes,
  BLOCKED,
  type ConvolutionAttributes,
  conv2d,
  convolutionLowerings,
  elementCount,
  type Graph,
  input,
  inputGradientLowerings,
  type Node,
  needsBlocks,
  reduceSum,
  rewrite,
  sortedNodes,
  type Value,
  weightGradientLowerings,
  withAttributes,
} from "../graph/index.ts";
import { writeOnnx } from "../onnx/index.ts";
import { createSession, runtimeVersion, type SessionOptions, type Tensor } from "./session.ts";

/** Lowering by the text of a convolution's op, shapes and options. */
export type LoweringChoices = { readonly [key: string]: string };

/** How lowerings are chosen, and where programs run. */
export type LoweringOptions = SessionOptions & {
  /** false: the fixed rule decides (the first lowering that can do it), and nothing is measured. Default true. */
  readonly measure?: boolean;
  /** Choices to keep to, such as those a checkpoint was made with: other lowerings round differently. */
  readonly choices?: LoweringChoices;
  /** File that remembers measurements; default: that of `loweringCacheFile`, in the user's cache folder. */
  readonly cacheFile?: string;
  /** Called before each measurement. */
  readonly onMeasure?: (key: string) => void;
};

/** Settles the lowering of every convolution and convolution gradient of a graph; gives the choices too, to be kept with a checkpoint. */
export async function chooseLowerings(
  graph: Graph,
  options: LoweringOptions = {},
): Promise<{ graph: Graph; choices: LoweringChoices }> {
  const { measure = true, cacheFile = loweringCacheFile(), onMeasure = () => {} } = options;
  const machine = [
    cpus()[0]?.model ?? "cpu",
    options.threads ?? cpus().length,
    options.device ?? "cpu",
    runtimeVersion,
  ].join("|");
  const remembered = measure ? readCache(cacheFile) : {};
  const known = remembered[machine] ?? {};
  const choices: Record<string, string> = {};
  let measuredCount = 0;
  const hasBlocks = await hasBlockedConvolutions();
  for (const node of sortedNodes(Object.values(graph.outputs))) {
    const candidates = lowerings(node).filter((name) => hasBlocks || !needsBlocks(name));
    if (candidates.length < 2) continue;
    const key = nodeKey(node);
    const contest = `${key} among ${candidates.join(" ")}`;
    const settled = options.choices?.[key] ?? choices[key] ?? (measure ? known[contest] : candidates[0]);
    if (settled !== undefined && candidates.includes(settled)) {
      choices[key] = settled;
    } else {
      onMeasure(key);
      choices[key] = await fastest(node, candidates, options);
      known[contest] = choices[key];
      measuredCount++;
    }
  }
  if (measuredCount > 0) writeCache(cacheFile, { ...readCache(cacheFile), [machine]: known });
  return {
    graph: rewrite(graph, (node, inputs) => {
      const lowering = lowerings(node).length > 1 ? choices[nodeKey(node)] : undefined;
      return lowering === undefined ? undefined : withAttributes(node, inputs, { lowering });
    }),
    choices,
  };
}

/** The lowerings that can do a node; none for nodes that have no choice. */
function lowerings(node: Node): readonly string[] {
  const attributes = node.attributes as Attributes & ConvolutionAttributes;
  const fixed = (value: Value) => value.shape as readonly number[];
  const [first, second] = node.inputs;
  if (node.op.name === "conv2d" && isFixed(first!)) {
    return convolutionLowerings({ ...attributes, w: fixed(second!), size: fixed(first!).slice(2) });
  }
  if (node.op.name === "convInputGradient") {
    return inputGradientLowerings({ ...attributes, w: fixed(second!), size: fixed(node.outputs[0]!).slice(2) });
  }
  if (node.op.name === "convWeightGradient") {
    return weightGradientLowerings({ ...attributes, w: fixed(node.outputs[0]!), size: fixed(first!).slice(2) });
  }
  return [];
}

let blocks: Promise<boolean> | undefined;

/** Whether this machine's runtime has convolutions of channels in blocks: not on every processor. */
export function hasBlockedConvolutions(): Promise<boolean> {
  blocks ??= tryBlockedConvolution();
  return blocks;
}

async function tryBlockedConvolution(): Promise<boolean> {
  const [x, w] = [input("x", "f32", [1, 16, 1, 1]), input("w", "f32", [16, 16, 1, 1])];
  const { node } = conv2d(x, w);
  const [y] = withAttributes(node, [x, w], { lowering: BLOCKED });
  try {
    const session = await createSession(writeOnnx({ name: "blocks", outputs: { y: y! } }), { threads: 1 });
    await session.close();
    return true;
  } catch {
    return false;
  }
}

/** Exported networks leave the number of pictures open. */
const isFixed = ({ shape }: Value) => shape.every((size) => typeof size === "number");

function nodeKey({ op, inputs, attributes }: Node): string {
  const { stride, padding, dilation, groups, size } = attributes as Attributes & ConvolutionAttributes;
  const shapes = inputs.map(({ shape }) => shape.join("x")).join(" ");
  return `${op.name} ${shapes} size ${size} stride ${stride} padding ${padding} dilation ${dilation} groups ${groups}`;
}

/** The first allocates, and is the slowest. */
const RUNS = 4;
/** Times the best so far: more than allocating adds. */
const HOPELESS = 3;
/** Times the best: those that may have lost by bad luck. */
const CLOSE = 1.5;

/** Twice, where the first time left a doubt: something else on the machine may have slowed one down. */
async function fastest(node: Node, candidates: readonly string[], options: SessionOptions): Promise<string> {
  const times = new Map<string, number>();
  const best = () => Math.min(...times.values());
  for (const lowering of candidates) times.set(lowering, await measure(node, lowering, options, best()));
  const close = candidates.filter((lowering) => times.get(lowering)! < CLOSE * best());
  for (const lowering of close.length > 1 ? close : []) {
    times.set(lowering, Math.min(times.get(lowering)!, await measure(node, lowering, options, best())));
  }
  return candidates.find((lowering) => times.get(lowering) === best())!;
}

/**
 * Milliseconds of one node, its result summed up so that no large output is copied. One whose first run is hopelessly
 * slower than `toBeat` is not run again.
 */
async function measure(node: Node, lowering: string, options: SessionOptions, toBeat: number): Promise<number> {
  const inputs = node.inputs.map(({ type, shape }, i) => input(`input${i}`, type, shape));
  const [result] = withAttributes(node, inputs, { lowering });
  const session = await createSession(writeOnnx({ name: "measure", outputs: { sum: reduceSum(result!) } }), options);
  const feeds = Object.fromEntries(
    inputs.map(({ shape }, i): [string, Tensor] => {
      const data = Float32Array.from({ length: elementCount(shape) }, (_, j) => ((j * 37) % 101) / 101 - 0.5);
      return [`input${i}`, { type: "f32", shape: shape as readonly number[], data }];
    }),
  );
  let best = Number.POSITIVE_INFINITY;
  try {
    for (let i = 0; i < RUNS; i++) {
      const start = performance.now();
      await session.run(feeds);
      best = Math.min(best, performance.now() - start);
      if (best > HOPELESS * toBeat) break;
    }
  } finally {
    await session.close();
  }
  return best;
}

/** Where measurements of lowerings are remembered, unless the caller names another file. */
export function loweringCacheFile(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "cosface", "lowerings.json");
}

/** Winners by the machine, and by the node with the lowerings that were measured: a new one is a new contest. */
type Cache = { [machine: string]: { [contest: string]: string } };

/** A missing or damaged cache is an empty one, as is a damaged entry: measuring again costs seconds. */
function readCache(file: string): Cache {
  try {
    const entries = Object.entries((JSON.parse(readFileSync(file, "utf8")) ?? {}) as Cache);
    return Object.fromEntries(entries.filter(([, known]) => typeof known === "object" && known !== null));
  } catch {
    return {};
  }
}

/** Written beside and renamed, so that two runs at once cannot tear it; a read-only disk only costs the memory. */
function writeCache(file: string, cache: Cache): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(cache, null, 1));
    renameSync(draft, file);
  } catch {
    // Nothing is lost but the memory of this measurement.
  }
}
