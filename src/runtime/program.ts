import { type Graph, shareEqualNodes, verifyGraph, writeOnnx } from "../graph/index.ts";
import { chooseLowerings, type LoweringChoices, type LoweringOptions } from "./lowering.ts";
import { createSession, type Session } from "./session.ts";

/** A graph inside ONNX Runtime, and how its convolution gradients are computed. */
export type Program = { readonly session: Session; readonly choices: LoweringChoices };

/** Verifies a graph, computes equal things once, settles lowerings, and loads it into ONNX Runtime. */
export async function compile(graph: Graph, options: LoweringOptions = {}): Promise<Program> {
  const shared = shareEqualNodes(graph);
  verifyGraph(shared);
  const { graph: settled, choices } = await chooseLowerings(shared, options);
  return { session: await createSession(writeOnnx(settled), options), choices };
}
