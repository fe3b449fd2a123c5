import { type Graph, shareEqualNodes, verifyGraph, writeOnnx } from "../graph/index.ts";
import { createSession, type Session, type SessionOptions } from "./session.ts";

/** Verifies a graph, shares what is equal in it, and loads it into ONNX Runtime. */
export async function compile(graph: Graph, options: SessionOptions = {}): Promise<Session> {
  const shared = shareEqualNodes(graph);
  verifyGraph(shared);
  return createSession(writeOnnx(shared), options);
}
