/**
 * Graph → ONNX model. Each node's op writes its ONNX nodes; names are made here, so that the same graph gives the
 * same bytes. Opset 17 with IR version 8, which ONNX Runtime 1.12 (2022) and everything newer reads.
 */
import { ModelError } from "../../base/core/index.ts";
import type { Attributes, Graph } from "../graph/index.ts";
import {
  constantData,
  constantOp,
  type ElementType,
  elementTypeOf,
  emitNode,
  fixedSize,
  graphInputs,
  inputOp,
  type OnnxEmitter,
  outputEntries,
  outputValues,
  type Shape,
  sortedNodes,
  type TensorData,
  type Value,
} from "../graph/index.ts";
import { encodeModel, type OnnxGraph, type OnnxNode, type OnnxTensor } from "./format.ts";

/** What is written beside the graph. */
export type OnnxWriterOptions = {
  /** Elements of inputs that become part of the file, by input name: the parameters of an exported network. */
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
  const nameOf = (value: Value): string => {
    const name = names.get(value);
    if (name === undefined) throw new ModelError(`internal: an output of '${value.node.op.name}' was not written`);
    return name;
  };
  const inputs = graphInputs(graph);
  const tensors: OnnxTensor[] = [];
  for (const [name, value] of inputs) {
    names.set(value, name);
    emitter.reserve(name);
    const data = initializers.get(name);
    if (data !== undefined) tensors.push({ name, type: value.type, shape: fixed(value.shape), data });
  }
  for (const [name] of outputEntries(graph)) {
    if (inputs.has(name)) throw new ModelError(`${graph.name}: input and output are both named '${name}': rename one`);
    emitter.reserve(name);
  }
  for (const node of sortedNodes(outputValues(graph))) {
    if (node.op === inputOp) continue;
    const results =
      node.op === constantOp
        ? node.outputs.map((value) => emitter.constantOf(value))
        : emitNode(emitter, node.inputs.map(nameOf), node);
    for (const [i, value] of node.outputs.entries()) {
      const name = results[i];
      if (name !== undefined) names.set(value, name);
    }
  }
  const results = outputEntries(graph).map(([name, value]): OnnxNode => {
    return { opType: "Identity", inputs: [nameOf(value)], outputs: [name], attributes: {} };
  });
  return {
    name: graph.name,
    inputs: [...inputs]
      .filter(([name]) => !initializers.has(name))
      .map(([name, { type, shape }]) => ({ name, type, shape })),
    outputs: outputEntries(graph).map(([name, { type, shape }]) => ({ name, type, shape })),
    nodes: foldIdentities([...emitter.written, ...results]),
    initializers: [...tensors, ...emitter.tensors],
  };
}

const fixed = (shape: Shape) => shape.map((size) => fixedSize("writeOnnx", size));

/** Largest constant, in elements, that is compared with the others: that of a transform, not that of a layer. */
const LARGEST_SHARED = 32_768;
/** One character for each byte. */
const latin1 = new TextDecoder("latin1");

class Emitter implements OnnxEmitter {
  readonly written: OnnxNode[] = [];
  readonly tensors: OnnxTensor[] = [];
  readonly #taken = new Set<string>();
  readonly #shared = new Map<string, string>();
  readonly #known = new Map<string, readonly string[]>();

  reserve(name: string): void {
    this.#taken.add(name);
  }

  #fresh(stem: string): string {
    let index = this.written.length + this.tensors.length;
    while (this.#taken.has(`${stem}_${index}`)) index++;
    this.#taken.add(`${stem}_${index}`);
    return `${stem}_${index}`;
  }

  node(opType: string, inputs: readonly string[], attributes: Attributes = {}, domain?: string): string {
    const [name] = this.#write(["y"], opType, inputs, attributes, domain);
    return name;
  }

  nodes<const Outputs extends readonly string[]>(
    outputs: Outputs,
    opType: string,
    inputs: readonly string[],
    attributes: Attributes = {},
  ): Named<Outputs> {
    return this.#write(outputs, opType, inputs, attributes);
  }

  /** An equal node is written once: lowerings of one convolution and its gradients have steps in common. */
  #write<const Outputs extends readonly string[]>(
    outputs: Outputs,
    opType: string,
    inputs: readonly string[],
    attributes: Attributes,
    domain?: string,
  ): Named<Outputs> {
    const key = JSON.stringify([opType, inputs, attributes, outputs.length, domain]);
    const names = this.#known.get(key) ?? outputs.map(() => this.#fresh(opType));
    if (!this.#known.has(key)) {
      this.written.push({ opType, inputs, outputs: names, attributes, ...(domain === undefined ? {} : { domain }) });
      this.#known.set(key, names);
    }
    return names as readonly string[] as Named<Outputs>;
  }

  /** The elements of a constant of the graph. */
  constantOf(value: Value): string {
    const data = constantData(value);
    if (data === undefined) throw new ModelError(`internal: got a '${value.node.op.name}', expected a constant`);
    return this.constant(data, fixed(value.shape), value.type);
  }

  constant(data: TensorData, shape: readonly number[], type: ElementType = elementTypeOf(data)): string {
    // Compared by their bytes, which distinguish −0 from 0.
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const key = data.length <= LARGEST_SHARED ? `${type}[${shape}]${latin1.decode(bytes)}` : undefined;
    const known = key === undefined ? undefined : this.#shared.get(key);
    if (known !== undefined) return known;
    const name = this.#fresh("constant");
    this.tensors.push({ name, type, shape, data });
    if (key !== undefined) this.#shared.set(key, name);
    return name;
  }

  integers(values: readonly number[]): string {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length]);
  }
}

/** A name for each output. */
type Named<Outputs extends readonly string[]> = { readonly [I in keyof Outputs]: string };

/** Gives a node's output the name of the graph's output that is the same tensor, where it is not taken. */
function foldIdentities(nodes: readonly OnnxNode[]): OnnxNode[] {
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const renamed = new Map<string, string>();
  for (const { opType, inputs, outputs } of nodes) {
    const [[from], [to]] = [inputs, outputs];
    if (opType !== "Identity" || from === undefined || to === undefined) continue;
    if (made.has(from) && !renamed.has(from)) renamed.set(from, to);
  }
  const rename = (name: string) => renamed.get(name) ?? name;
  return nodes
    .filter(({ opType, inputs: [from = ""], outputs: [to] }) => opType !== "Identity" || renamed.get(from) !== to)
    .map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) }));
}
