/**
 * ONNX model → graph: a network that somebody else trained becomes ops of this project, to be printed, differentiated,
 * trained on and written again. Tensors of the file that hold floats become named inputs with their elements beside the
 * graph, since these are what training changes; all other tensors are constants. Arithmetic on shapes is done here, so
 * that none of it is left in the graph (import/known.ts).
 */
import { CosfaceError, ModelError, OptionError } from "../../base/core/index.ts";
import type { Graph } from "../graph/index.ts";
import { constantData, type Dim, graphInputs, input, type Shape, type TensorData, type Value } from "../graph/index.ts";
import { decodeModel, type OnnxNode, type OnnxPort } from "./format.ts";
import { elementwiseImporters } from "./import/elementwise.ts";
import { folds, type Imported, isKnown } from "./import/known.ts";
import { layerImporters } from "./import/layers.ts";
import { importTensor, layoutImporters } from "./import/layout.ts";
import { type Importer, ImportNode } from "./import/node.ts";

/** How an ONNX model is read. */
export type OnnxReaderOptions = {
  /** Size of the inputs' first axis, for files that leave it open. By default it stays open, under the file's name. */
  readonly batch?: number;
  /** Numbers for sizes that the file leaves open, by the file's names for them: `{ height: 320, width: 320 }`. */
  readonly sizes?: Readonly<Record<string, number>>;
};

/** A float tensor of the file: an input of the graph, and the elements that the file gives it. */
export type OnnxParameter = { readonly value: Value; readonly data: TensorData };

/** An ONNX model read into a graph. */
export type OnnxModel = {
  readonly graph: Graph;
  /** Parameters that the outputs depend on, by name, in the file's order. */
  readonly parameters: ReadonlyMap<string, OnnxParameter>;
  /** The file's `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
};

const importers: ReadonlyMap<string, Importer> = new Map([
  ...layerImporters,
  ...elementwiseImporters,
  ...layoutImporters,
]);

/** Older ones broadcast by attributes. */
const OLDEST_OPSET = 7;

/**
 * Reads the bytes of an ONNX file (opset 7 or newer) into a graph.
 *
 * To write it again: `writeOnnx(graph, { initializers })` with each parameter's data by its name.
 *
 * @throws {ModelError} for bytes that are no ONNX model, and for a node that cannot be read: it names the op type, the
 *   tensor that the node makes, and what is supported.
 * @throws {OptionError} for sizes that are no positive whole numbers or that the file does not leave open.
 */
export function readOnnx(bytes: Uint8Array, options: OnnxReaderOptions = {}): OnnxModel {
  const model = decodeModel(bytes);
  if (!(model.opset >= OLDEST_OPSET)) {
    throw new ModelError(`ONNX file: got opset ${model.opset}, expected ${OLDEST_OPSET} or newer: export it again`);
  }
  const names = new Map<string, Imported>();
  const define = (name: string, imported: Imported): void => {
    if (names.has(name)) throw new ModelError(`ONNX file: got '${name}' twice, expected one tensor of each name`);
    names.set(name, imported);
  };
  for (const { name, type, shape } of settleSizes(model.inputs, options)) {
    requireReal(`ONNX file: '${name}': `, shape);
    define(name, input(name, type, shape));
  }
  const parameters = new Map<string, OnnxParameter>();
  for (const tensor of model.initializers) {
    const { name, type, shape, data } = tensor;
    const isParameter = type === "f32" || type === "f64";
    const imported = isParameter ? input(name, type, shape) : importTensor(tensor);
    define(name, imported);
    if (isParameter) parameters.set(name, { value: imported as Value, data });
  }
  const parameterData = new Map([...parameters.values()].map(({ value, data }) => [value, data]));
  for (const node of model.nodes) {
    const results = locateErrors(node, () => {
      const inputs = node.inputs.map((name) => (name === "" ? undefined : lookUp(names, name)));
      return importNode(
        node,
        new ImportNode(node, model.opset, inputs, (x) => parameterData.get(x) ?? constantData(x)),
      );
    });
    for (const [i, imported] of results.entries()) if (node.outputs[i]) define(node.outputs[i], imported);
  }
  const outputs = model.outputs.map(({ name }): [string, Value] => {
    const result = lookUp(names, name);
    if (isKnown(result)) throw new ModelError(`ONNX file: output '${name}' does not depend on an input`);
    return [name, result];
  });
  const graph: Graph = { name: model.name || "graph", outputs: Object.fromEntries(outputs) };
  const used = graphInputs(graph);
  return {
    graph,
    parameters: new Map([...parameters].filter(([name]) => used.has(name))),
    metadata: model.metadata,
  };
}

function importNode(node: OnnxNode, view: ImportNode): readonly Imported[] {
  const { inputs } = view;
  const fold = node.domain === undefined ? folds.get(node.opType) : undefined;
  if (fold !== undefined && inputs.length === view.inputCount && inputs.every(isKnown)) {
    const folded = fold(inputs, (name, fallback) => view.integer(name, fallback));
    if (folded !== undefined) return [folded];
  }
  const importer = node.domain === undefined ? importers.get(node.opType) : undefined;
  if (importer === undefined) {
    const always = [...importers.keys()].sort();
    const onShapes = [...folds.keys()].filter((name) => !importers.has(name)).sort();
    const domain = node.domain === undefined ? "" : ` (domain ${node.domain})`;
    throw new ModelError(
      `is not supported${domain}; these are: ${always.join(", ")}; in arithmetic on shapes also ${onShapes.join(", ")}`,
    );
  }
  const results = importer(view);
  const all: readonly Imported[] = Array.isArray(results) ? results : [results as Imported];
  for (const { shape } of all) requireReal("", shape);
  return all;
}

/** More elements than any memory holds: damaged bytes, which later arithmetic would turn into other errors. */
function requireReal(what: string, shape: Shape): void {
  const count = shape.reduce<number>((product, size) => (typeof size === "number" ? product * size : product), 1);
  if (!Number.isSafeInteger(count))
    throw new ModelError(`${what}got shape [${shape}], which no memory holds: check the file`);
}

/** Says which node of the file an error is about. */
function locateErrors<T>(node: OnnxNode, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof CosfaceError)) throw cause;
    const where = `ONNX file: ${node.opType} that makes '${node.outputs[0] ?? ""}'`;
    throw new ModelError(`${where}: ${cause.message}`, { cause });
  }
}

function lookUp(names: ReadonlyMap<string, Imported>, name: string): Imported {
  const found = names.get(name);
  if (found === undefined) throw new ModelError(`ONNX file: '${name}' is used, but nothing before it makes it`);
  return found;
}

/** Gives open sizes their numbers, and the others names that this project can print. */
function settleSizes(ports: readonly OnnxPort[], { batch, sizes = {} }: OnnxReaderOptions): OnnxPort[] {
  const settled = new Map(Object.entries(sizes));
  const open = new Set(ports.flatMap(({ shape }) => shape.filter((size) => typeof size === "string")));
  for (const [name, size] of [...settled, ["batch", batch ?? 1] as const]) {
    if (!Number.isInteger(size) || size < 1) {
      throw new OptionError(`readOnnx: got size ${size} for '${name}', expected a positive whole number`);
    }
  }
  const unknown = Object.keys(sizes).find((name) => !open.has(name));
  if (unknown !== undefined) {
    throw new OptionError(`readOnnx: got a size for '${unknown}', but the file leaves open: ${[...open].join(", ")}`);
  }
  if (batch !== undefined) {
    for (const { name, shape } of ports) {
      const [first] = shape;
      if (typeof first === "string") settled.set(first, batch);
      else if (first !== undefined && first !== batch) {
        throw new OptionError(`readOnnx: got batch ${batch}, but the file fixes '${name}' to [${shape}]`);
      }
    }
  }
  // Shapes are written with commas, and bare numbers in them are sizes.
  const printable = (size: string) => (/^\d+$/.test(size) ? `size_${size}` : size.replaceAll(",", "_"));
  const settle = (size: Dim): Dim => (typeof size === "number" ? size : (settled.get(size) ?? printable(size)));
  return ports.map(({ name, type, shape }) => ({ name, type, shape: shape.map(settle) }));
}
