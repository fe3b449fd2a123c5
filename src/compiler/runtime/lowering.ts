/**
 * Which lowering of a convolution or its gradients is fastest depends on its shape, the machine and the number of
 * threads, and no rule was found that is right everywhere. So each is measured once, and the engine's store remembers
 * the winner.
 */
import {
  elementCount,
  type Graph,
  input,
  isFixedShape,
  loweringKey,
  loweringsOf,
  type Node,
  outputValues,
  reduceSum,
  rewrite,
  sortedNodes,
  withLowering,
} from "../graph/index.ts";
import { writeOnnx } from "../onnx/index.ts";
import type { SessionOptions, Tensor } from "./engine.ts";
import { engine } from "./platform.ts";
import { createSession } from "./session.ts";

/** Lowering by the text of a convolution's op, shapes and options. */
export type LoweringChoices = { readonly [key: string]: string };

/** How lowerings are chosen, and where programs run. */
export type LoweringOptions = SessionOptions & {
  /** false: the fixed rule decides (the first lowering that can do it), and nothing is measured. Default true. */
  readonly measure?: boolean;
  /** Choices to keep to, such as those a checkpoint was made with: other lowerings round differently. */
  readonly choices?: LoweringChoices;
  /** Where measurements are remembered; default: `loweringCacheFile()`, in the user's cache folder. */
  readonly cacheFile?: string;
  /** Called before each measurement. */
  readonly onMeasure?: (key: string) => void;
};

/**
 * Chooses the lowering of every convolution and convolution gradient of a graph; keep the choices with a checkpoint.
 */
export async function chooseLowerings(
  graph: Graph,
  options: LoweringOptions = {},
): Promise<{ graph: Graph; choices: LoweringChoices }> {
  const { measure = true, cacheFile, onMeasure = () => {} } = options;
  const store = engine.loweringStore(cacheFile);
  const machine = await engine.timingKey(options);
  const known = { ...(measure ? (await store.read())[machine] : {}) };
  const choices: Record<string, string> = {};
  let measuredCount = 0;
  const hasBlocks = await engine.hasBlockedConvolutions();
  for (const node of sortedNodes(outputValues(graph))) {
    const candidates = measurableLowerings(node)
      .filter(({ needsBlocks }) => hasBlocks || !needsBlocks)
      .map(({ name }) => name);
    if (candidates.length < 2) continue;
    const key = loweringKey(node);
    const contest = `${key} among ${candidates.join(" ")}`;
    const chosen = options.choices?.[key] ?? choices[key] ?? (measure ? known[contest] : candidates[0]);
    if (chosen !== undefined && candidates.includes(chosen)) {
      choices[key] = chosen;
    } else {
      onMeasure(key);
      choices[key] = await fastest(node, candidates, options);
      known[contest] = choices[key];
      measuredCount++;
    }
  }
  if (measuredCount > 0) {
    const latest = await store.read(); // Another program may have written meanwhile.
    await store.write({ ...latest, [machine]: { ...latest[machine], ...known } });
  }
  return {
    graph: rewrite(graph, (node, inputs) => {
      const lowering = measurableLowerings(node).length > 1 ? choices[loweringKey(node)] : undefined;
      return lowering === undefined ? undefined : withLowering(node, inputs, lowering);
    }),
    choices,
  };
}

/** The lowerings that can write a node; none while a size is open, as the batch of an exported network is. */
function measurableLowerings(node: Node) {
  return node.inputs.every(({ shape }) => isFixedShape(shape)) ? loweringsOf(node) : [];
}

/** Runs of each lowering; the first one allocates and is the slowest. */
const RUNS = 4;
/** Factor above the best time so far beyond which a lowering is given up; more than allocation adds to a first run. */
const HOPELESS = 3;
/** Factor above the best time within which a lowering may have lost by bad luck. */
const CLOSE = 1.5;

/** Lowerings that were close to the best are timed twice: something else on the machine may have slowed one down. */
async function fastest(node: Node, candidates: readonly string[], options: SessionOptions): Promise<string> {
  let best = { lowering: "", time: Number.POSITIVE_INFINITY };
  const time = async (lowering: string): Promise<number> => {
    const measured = await measure(node, lowering, options, best.time);
    if (measured < best.time) best = { lowering, time: measured };
    return measured;
  };
  const times: (readonly [lowering: string, time: number])[] = [];
  for (const lowering of candidates) times.push([lowering, await time(lowering)]);
  const close = times.filter(([, measured]) => measured < CLOSE * best.time);
  if (close.length > 1) for (const [lowering] of close) await time(lowering);
  return best.lowering;
}

/**
 * Milliseconds of one node, with its result summed so that no large output is copied. A lowering whose first run is
 * more than `HOPELESS` times slower than `toBeat` is not run again.
 */
async function measure(node: Node, lowering: string, options: SessionOptions, toBeat: number): Promise<number> {
  const inputs = node.inputs.map(({ type, shape }, i) => input(`input${i}`, type, shape));
  const sums = withLowering(node, inputs, lowering).map((result, i) => [`sum${i}`, reduceSum(result)] as const);
  const model = writeOnnx({ name: "measure", outputs: Object.fromEntries(sums) });
  const session = await createSession(model, options);
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
