import { type Graph, shareEqualNodes, verifyGraph } from "../graph/index.ts";
import { type Repetition, writeOnnx, writeOnnxLoop } from "../onnx/index.ts";
import type { Session, Tensors } from "./engine.ts";
import { chooseLowerings, type LoweringChoices, type LoweringOptions } from "./lowering.ts";
import { createSession } from "./session.ts";

/** A graph loaded into the engine, and the lowerings of its convolutions. */
export type Program = { readonly session: Session; readonly choices: LoweringChoices };

/** How a program is compiled; `repetition` makes it one that repeats its graph, see `writeOnnxLoop`. */
export type CompileOptions = LoweringOptions & { readonly repetition?: Repetition };

/** Verifies a graph, merges equal nodes, chooses lowerings, and loads the graph into the engine. */
export async function compile(graph: Graph, options: CompileOptions = {}): Promise<Program> {
  const shared = shareEqualNodes(graph);
  verifyGraph(shared);
  const { graph: lowered, choices } = await chooseLowerings(shared, options);
  const { repetition } = options;
  const bytes = repetition === undefined ? writeOnnx(lowered) : writeOnnxLoop(lowered, repetition);
  return { session: await createSession(bytes, options), choices };
}

/** Runs a model on the tensors that it has inputs for; others are ignored. @throws {ModelError} when one is missing. */
export function runOn(session: Session, tensors: Tensors): Promise<Tensors> {
  const taken = session.inputNames.flatMap((name) => (tensors[name] === undefined ? [] : [[name, tensors[name]]]));
  return session.run(Object.fromEntries(taken) as Tensors);
}
