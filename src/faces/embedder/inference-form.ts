/**
 * A model file in the form that runs fastest. An exported file holds the plain ops of its network, which every tool
 * reads; the passes chosen here rewrite them where the same result takes less time. Numbers differ by rounding: about
 * 10⁻⁶ of the largest.
 */
import { ModelError } from "../../base/core/index.ts";
import {
  blockPrelus,
  convolveByWinograd,
  type Graph,
  gainsByWinograd,
  hasGainByWinograd,
} from "../../compiler/graph/index.ts";
import { type OnnxModel, readOnnx, writeOnnx } from "../../compiler/onnx/index.ts";

/** A network for any number of images, and for many, where that is another form. */
export type InferenceForms = { readonly forFew: Uint8Array; readonly forMany: (() => Uint8Array) | undefined };

/** Elsewhere convolutions of single channels are slow, and nothing is blocked. */
const hasBlocks = process.arch === "x64";

/** Rewrites a file; one that cannot be read stays as it is, since ONNX Runtime runs more than `readOnnx` reads. */
export function inferenceForms(file: Uint8Array): InferenceForms {
  const model = readIfSupported(file);
  if (model === undefined) return { forFew: file, forMany: undefined };
  const { graph, parameters } = model;
  const initializers = new Map([...parameters].map(([name, { data }]) => [name, data]));
  const elements = new Map([...parameters.values()].map(({ value, data }) => [value, data]));
  const dataOf = elements.get.bind(elements);
  const write = (form: Graph) => writeOnnx(form, { initializers });
  const forFew = write(hasBlocks ? blockPrelus(graph, { dataOf }) : graph);
  if (!hasGainByWinograd(graph)) return { forFew, forMany: undefined };
  const isBlocked = (node: Parameters<typeof gainsByWinograd>[0]) => !gainsByWinograd(node);
  return {
    forFew,
    forMany: () => write(convolveByWinograd(hasBlocks ? blockPrelus(graph, { dataOf, isBlocked }) : graph)),
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
