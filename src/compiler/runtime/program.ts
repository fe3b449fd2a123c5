import { type Graph, shareEqualNodes, verifyGraph } from "../graph/index.ts";
import { type Repetition, writeOnnx, writeOnnxLoop } from "../onnx/index.ts";
import { chooseLowerings, type LoweringChoices, type LoweringOptions } from "./lowering.ts";
import { createSession, type Session, type Tensors } from "./session.ts";

/** A graph inside ONNX Runtime, and how its convolution gradients are computed. */
export type Program = { readonly session: Session; readonly choices: LoweringChoices };

/** How a program is compiled; `repetition` makes it one that repeats its graph, see `writeOnnxLoop`. */
export type CompileOptions = LoweringOptions & { readonly repetition?: Repetition };

/** Verifies a graph, computes equal things once, settles lowerings, and loads it into ONNX Runtime. */
export async function compile(graph: Graph, options: CompileOptions = {}): Promise<Program> {
  const shared = shareEqualNodes(graph);
  verifyGraph(shared);
  const { graph: settled, choices } = await chooseLowerings(shared, options);
  const { repetition } = options;
  const bytes = repetition === undefined ? writeOnnx(settled) : writeOnnxLoop(settled, repetition);
  return { session: await createSession(bytes, options), choices };
}

/** Runs a model on those of the tensors that it takes. @throws {ModelError} when one that it takes is not among them. */
export function runOn(session: Session, tensors: Tensors): Promise<Tensors> {
  const taken = session.inputNames.flatMap((name) => (tensors[name] === undefined ? [] : [[name, tensors[name]]]));
  return session.run(Object.fromEntries(taken) as Tensors);
}
