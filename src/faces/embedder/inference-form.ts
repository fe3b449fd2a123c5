/**
 * A model file as it runs fastest. What is exported are the plain ops of a network, which every tool reads; what is run is
 * written otherwise where that computes the same in less time. Numbers differ by rounding: some 10⁻⁶ of the largest.
 */
import { ModelError } from "../../base/core/index.ts";
import type { Graph, Value } from "../../compiler/graph/index.ts";
import { type OnnxModel, readOnnx, writeOnnx } from "../../compiler/onnx/index.ts";
import { blockPrelus } from "./blocked-prelu.ts";
import { convolveByWinograd, gainsByWinograd, hasGainByWinograd } from "./convolve-by-winograd.ts";

/** A network for any number of pictures, and for many, where that is another one. */
export type InferenceForms = { readonly forFew: Uint8Array; readonly forMany: (() => Uint8Array) | undefined };

/** Rewrites a file; one that cannot be read stays as it is, since ONNX Runtime runs more than `readOnnx` reads. */
export function inferenceForms(file: Uint8Array): InferenceForms {
  const model = readIfSupported(file);
  if (model === undefined) return { forFew: file, forMany: undefined };
  const initializers = new Map([...model.parameters].map(([name, { data }]) => [name, data]));
  const write = (graph: Graph) => writeOnnx(graph, { initializers });
  const slopesOf = (slopes: Value) => numbersOf(slopes, model);
  const forFew = write(blockPrelus(model.graph, () => true, slopesOf));
  if (!hasGainByWinograd(model.graph)) return { forFew, forMany: undefined };
  return {
    forFew,
    forMany: () => write(convolveByWinograd(blockPrelus(model.graph, (node) => !gainsByWinograd(node), slopesOf))),
  };
}

function readIfSupported(file: Uint8Array): OnnxModel | undefined {
  try {
    return readOnnx(file);
  } catch (error) {
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}

/** The numbers of a parameter, in whatever shape. */
function numbersOf(value: Value, { parameters }: OnnxModel): ArrayLike<number> | undefined {
  const source = value.node.op.name === "reshape" ? value.node.inputs[0]! : value;
  const parameter = [...parameters.values()].find((candidate) => candidate.value === source);
  return parameter?.data as ArrayLike<number> | undefined;
}
