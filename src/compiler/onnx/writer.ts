/**
 * Graph → ONNX model. Each node's op emits its ONNX nodes; names are made here, so that the same graph gives the same
 * bytes. Opset 17 with IR version 8: what ONNX Runtime 1.12 (2022) and everything newer reads.
 */
import { ModelError } from "../../base/core/index.ts";
import type { Graph } from "../graph/index.ts";
import {
  constantOp,
  type ElementType,
  graphInputs,
  inputOp,
  type OnnxEmitter,
  opOf,
  sortedNodes,
  type TensorData,
  type Value,
} from "../graph/index.ts";
import { encodeModel, type OnnxGraph, type OnnxNode, type OnnxTensor } from "./format.ts";

/** What is written beside the graph. */
export type OnnxWriterOptions = {
  /** Values of inputs that become part of the file, by input name: the parameters of an exported network. */
  readonly initializers?: ReadonlyMap<string, TensorData>;
  /** Key-value pairs of the file's `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>>;
};

/** Writes a graph as the bytes of an ONNX file. */
export function writeOnnx(graph: Graph, { initializers, metadata = {} }: OnnxWriterOptions = {}): Uint8Array {
  return encodeModel({ ...describeGraph(graph, initializers), metadata });
}

/** The nodes, ports and tensors of a graph, under the names of its inputs and outputs. */
export function describeGraph(graph: Graph, initializers: ReadonlyMap<string, TensorData> = new Map()): OnnxGraph {
  const emitter = new Emitter();
  const names = new Map<Value, string>();
  const inputs = graphInputs(graph);
  const tensors: OnnxTensor[] = [];
  for (const [name, value] of inputs) {
    names.set(value, name);
    emitter.reserve(name);
    const data = initializers.get(name);
    if (data !== undefined) tensors.push({ name, type: value.type, shape: value.shape as readonly number[], data });
  }
  for (const name of Object.keys(graph.outputs)) {
    if (inputs.has(name)) throw new ModelError(`${graph.name}: input and output are both named '${name}': rename one`);
    emitter.reserve(name);
  }
  for (const node of sortedNodes(Object.values(graph.outputs))) {
    if (node.op === inputOp) continue;
    if (node.op === constantOp) {
      const [value] = node.outputs;
      const data = node.attributes.data as TensorData;
      names.set(value!, emitter.constant(data, value!.shape as readonly number[], value!.type));
      continue;
    }
    const op = opOf(node.op);
    if (op === undefined) throw new ModelError(`internal: op '${node.op.name}' is not registered`);
    const results = op.emit(
      emitter,
      node.inputs.map((value) => names.get(value)!),
      node,
    );
    for (const [i, value] of node.outputs.entries()) names.set(value, results[i]!);
  }
  for (const [name, value] of Object.entries(graph.outputs)) {
    emitter.nodes.push({ opType: "Identity", inputs: [names.get(value)!], outputs: [name], attributes: {} });
  }
  return {
    name: graph.name,
    inputs: [...inputs]
      .filter(([name]) => !initializers.has(name))
      .map(([name, { type, shape }]) => ({ name, type, shape })),
    outputs: Object.entries(graph.outputs).map(([name, { type, shape }]) => ({ name, type, shape })),
    nodes: foldIdentities(emitter.nodes),
    initializers: [...tensors, ...emitter.tensors],
  };
}

/** Elements of a constant that is looked for among the others: those of a transform, not those of a layer. */
const LARGEST_SHARED = 32_768;

class Emitter implements OnnxEmitter {
  readonly nodes: OnnxNode[] = [];
  readonly tensors: OnnxTensor[] = [];
  readonly #taken = new Set<string>();
  readonly #shared = new Map<string, string>();
  readonly #made = new Map<string, string[]>();

  reserve(name: string): void {
    this.#taken.add(name);
  }

  #fresh(stem: string): string {
    let index = this.nodes.length + this.tensors.length;
    while (this.#taken.has(`${stem}_${index}`)) index++;
    this.#taken.add(`${stem}_${index}`);
    return `${stem}_${index}`;
  }

  /** An equal node is written once: lowerings of one convolution and its gradients have steps in common. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes: OnnxNode["attributes"] = {},
    outputCount = 1,
    domain?: string,
  ): string[] {
    const key = JSON.stringify([opType, inputs, attributes, outputCount, domain]);
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const outputs = Array.from({ length: outputCount }, () => this.#fresh(opType));
    this.nodes.push({ opType, inputs, outputs, attributes, ...(domain === undefined ? {} : { domain }) });
    this.#made.set(key, outputs);
    return outputs;
  }

  constant(data: TensorData, shape: readonly number[], type?: ElementType): string {
    const elementType = type ?? elementTypes.get(data.constructor)!;
    // By the bytes, which tell −0 from 0.
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const key = data.length <= LARGEST_SHARED ? `${elementType}[${shape}]${bytes.toString("latin1")}` : undefined;
    const known = key === undefined ? undefined : this.#shared.get(key);
    if (known !== undefined) return known;
    const name = this.#fresh("constant");
    this.tensors.push({ name, type: elementType, shape, data });
    if (key !== undefined) this.#shared.set(key, name);
    return name;
  }

  integers(values: readonly number[]): string {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length]);
  }
}

const elementTypes = new Map<unknown, ElementType>([
  [Float32Array, "f32"],
  [Float64Array, "f64"],
  [Int32Array, "i32"],
  [BigInt64Array, "i64"],
  [Uint8Array, "u8"],
]);

/** Lets the node that makes an output bear the output's name, where only one output wants it. */
function foldIdentities(nodes: readonly OnnxNode[]): OnnxNode[] {
  const makers = new Map<string, OnnxNode>();
  for (const node of nodes) for (const name of node.outputs) makers.set(name, node);
  const renamed = new Map<string, string>();
  for (const { opType, inputs, outputs } of nodes) {
    if (opType === "Identity" && makers.has(inputs[0]!) && !renamed.has(inputs[0]!))
      renamed.set(inputs[0]!, outputs[0]!);
  }
  const rename = (name: string) => renamed.get(name) ?? name;
  return nodes
    .filter(({ opType, inputs, outputs }) => opType !== "Identity" || renamed.get(inputs[0]!) !== outputs[0])
    .map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) }));
}
