/**
 * ONNX model → graph: a network from any exporter becomes ops of this project, to be printed, differentiated, trained
 * on and written again. Tensors of the file that hold floats become named inputs with their elements beside the graph,
 * since training changes these; all other tensors are constants. Arithmetic on shapes is done while reading, so that
 * the graph holds none of it (import/known.ts). Elements of 16 bits, float16 and bfloat16, become f32.
 */
import { CosfaceError, ModelError, OptionError } from "../../base/core/index.ts";
import type { ElementType, Graph } from "../graph/index.ts";
import {
  constantData,
  type Dim,
  graphInputs,
  input,
  outputEntries,
  type Shape,
  type TensorData,
  type Value,
} from "../graph/index.ts";
import {
  type DecodedModel,
  decodeModel,
  graphType,
  type OnnxNode,
  type OnnxPort,
  type OnnxTensor,
  SUPPORTED_TYPES,
  type TypedPort,
} from "./format.ts";
import { elementwiseImporters } from "./import/elementwise.ts";
import { folds, type Imported, isKnown } from "./import/known.ts";
import { layerImporters } from "./import/layers.ts";
import { importTensor, layoutImporters } from "./import/layout.ts";
import { type ImportContext, type Importer, ImportNode } from "./import/node.ts";
import { BATCH } from "./open-batch.ts";

/** How an ONNX model is read. */
export type OnnxReaderOptions = {
  /** Size of the inputs' first axis, for files that leave it open. By default it stays open, under the file's name. */
  readonly batch?: number;
  /** Numbers for sizes that the file leaves open, by the file's names for them: `{ height: 320, width: 320 }`. */
  readonly sizes?: Readonly<Record<string, number>>;
  /**
   * Opens the inputs' first axis to any number of images where the file fixes it to one, or writes the one image into
   * the shapes of its nodes; see open-batch.ts. Compare what the graph computes for several images with what the file
   * computes for each.
   */
  readonly anyBatch?: boolean;
  /** The tensor that becomes the only output, also one inside the file's graph. Default: the file's outputs. */
  readonly output?: string;
};

/** A float tensor of the file: an input of the graph, and the elements that the file gives it. */
export type OnnxParameter = { readonly value: Value; readonly data: TensorData };

/** An ONNX model read into a graph. */
export type OnnxModel = {
  /** Its outputs are in the file's order. */
  readonly graph: Graph;
  /** Parameters that the outputs depend on, by name, in the file's order. */
  readonly parameters: ReadonlyMap<string, OnnxParameter>;
  /** Results of the file's nodes, by their names in the file: each could be the output. */
  readonly results: ReadonlyMap<string, Value>;
  /** The file's `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
};

const importers: ReadonlyMap<string, Importer> = new Map([
  ...layerImporters,
  ...elementwiseImporters,
  ...layoutImporters,
]);

/** Older ones broadcast by attributes, and some ops had other inputs. */
const OLDEST_OPSET = 7;
/** Ops that older files may have: these mean the same since their first version. */
const SINCE_FIRST =
  /^(Abs|Ceil|Constant|Conv|ConvTranspose|Elu|Exp|Floor|Global\w*Pool|HardSigmoid|Identity|InstanceNormalization|LeakyRelu|Log|Neg|Reciprocal|Reduce\w+|Relu|Selu|Sigmoid|Softplus|Softsign|Sqrt|Tanh|Transpose)$/;

/**
 * Reads the bytes of an ONNX file (opset 7 or newer; older where its ops have not changed since) into a graph.
 *
 * To write it again: `writeOnnx(graph, { initializers })` with each parameter's data by its name.
 *
 * @throws {ModelError} for bytes that are not an ONNX model; for a file with ops that cannot be read, naming all of
 *   them with their counts; for a node that cannot be read otherwise, naming it and what is expected.
 * @throws {OptionError} for sizes that are not positive whole numbers or that the file does not leave open.
 */
export function readOnnx(bytes: Uint8Array, options: OnnxReaderOptions = {}): OnnxModel {
  const model = withConstantsAsTensors(decodeModel(bytes));
  const wanted = options.output === undefined ? model.outputs.map(({ name }) => name) : [options.output];
  const ports = options.anyBatch === true ? model.inputs.map(openedPort) : model.inputs;
  const isOld = model.nodes.some(({ opType }) => !SINCE_FIRST.test(opType));
  if (!(model.opset >= (isOld ? OLDEST_OPSET : 1))) {
    throw new ModelError(`ONNX file: got opset ${model.opset}, expected ${OLDEST_OPSET} or newer: export it again`);
  }
  const names = new Names();
  for (const { name, type, shape } of resolveSizes(ports.map(supportedPort), options)) {
    requireReal(`ONNX file: '${name}': `, shape);
    names.define(name, input(name, type, shape));
  }
  const parameters = new Map<string, OnnxParameter>();
  for (const tensor of model.initializers) {
    const { name, type, shape, data } = tensor;
    if (type === "f32" || type === "f64") {
      const value = input(name, type, shape);
      parameters.set(name, { value, data });
      names.define(name, value);
    } else {
      names.define(name, importTensor(tensor));
    }
  }
  for (const [name, type] of model.foreignTensors) names.fail([name], foreignType(name, type));
  const parameterData = new Map([...parameters.values()].map(({ value, data }) => [value, data]));
  const dataOf = (x: Value) => parameterData.get(x) ?? constantData(x);
  const openedBatch = options.anyBatch === true ? String(ports[0]?.shape[0]) : undefined;
  const context = { opset: model.opset, dataOf, openedBatch };
  for (const node of options.output === undefined ? model.nodes : ancestorsOf(model.nodes, options.output)) {
    importNode(node, context, names);
  }
  names.throwProblems();
  if (wanted.length === 0) throw new ModelError("ONNX file: got a graph without outputs, expected at least one");
  const outputs = wanted.map((name): [string, Value] => {
    const result = names.lookUp(name, "ONNX file: ");
    if (isKnown(result)) throw new ModelError(`ONNX file: output '${name}' does not depend on an input`);
    return [name, result];
  });
  const graph: Graph = { name: model.name || "graph", outputs: new Map(outputs) };
  if (outputEntries(graph).length < outputs.length) {
    throw new ModelError("ONNX file: got two outputs of one name, expected each name once");
  }
  const used = graphInputs(graph);
  const passed = outputs.find(([name]) => used.has(name));
  if (passed !== undefined) {
    throw new ModelError(
      `ONNX file: got '${passed[0]}' as an output, but it is an input or a weight: expected a result`,
    );
  }
  return {
    graph,
    parameters: new Map([...parameters].filter(([name]) => used.has(name))),
    results: names.values(model.nodes.flatMap(({ outputs }) => outputs)),
    metadata: model.metadata,
  };
}

/**
 * Most elements of a float tensor of a `Constant` node that is a number of a formula, such as a bound or the factors of
 * a resizing. A larger one is a weight: some exporters write all weights that way.
 */
const LARGEST_CONSTANT = 4;

/** The model with weights in `Constant` nodes moved to its tensors. */
function withConstantsAsTensors(model: DecodedModel): DecodedModel {
  const weights = new Map<OnnxNode, OnnxTensor>();
  for (const node of model.nodes) {
    const [name] = node.outputs;
    const { value } = node.attributes;
    if (node.opType !== "Constant" || name === undefined || typeof value !== "object" || !("data" in value)) continue;
    if (value.type === "f32" && value.data.length > LARGEST_CONSTANT) weights.set(node, { ...value, name });
  }
  if (weights.size === 0) return model;
  return {
    ...model,
    nodes: model.nodes.filter((node) => !weights.has(node)),
    initializers: [...model.initializers, ...weights.values()],
  };
}

/** An input for any number of images. @throws {ModelError} for a file that fixes another number than one. */
function openedPort({ name, type, shape }: OnnxPort): OnnxPort {
  const [first] = shape;
  if (typeof first === "number" && first !== 1) {
    throw new ModelError(`ONNX file: '${name}' takes ${first} images at once, expected one or any number`);
  }
  return { name, type, shape: first === 1 ? shape.with(0, BATCH) : shape };
}

/** The nodes that a tensor is computed from. @throws {ModelError} when no node computes it. */
function ancestorsOf(nodes: readonly OnnxNode[], output: string): readonly OnnxNode[] {
  const needed = new Set([output]);
  const found = nodes.toReversed().filter(({ inputs, outputs }) => {
    if (!outputs.some((name) => needed.has(name))) return false;
    for (const name of inputs) needed.add(name);
    return true;
  });
  if (found.length === 0) throw new ModelError(`ONNX file: got output '${output}', which no node computes`);
  return found.reverse();
}

/**
 * What the names of a file stand for, and what cannot be read. A problem does not end the reading: names that depend on
 * it fail silently, so that the error in the end lists every op that is not supported.
 */
class Names {
  readonly #defined = new Map<string, Imported>();
  readonly #failed = new Set<string>();
  /** Ops that are not supported, with their counts. */
  readonly #unsupported = new Map<string, number>();
  /** The first problem of another kind. */
  #problem: ModelError | undefined;

  define(name: string, imported: Imported): void {
    if (this.#defined.has(name) || this.#failed.has(name)) {
      throw new ModelError(`ONNX file: got '${name}' twice, expected one tensor of each name`);
    }
    this.#defined.set(name, imported);
  }

  /** Marks names as not read. */
  fail(names: readonly string[], problem?: ModelError): void {
    this.#problem ??= problem;
    for (const name of names) this.#failed.add(name);
  }

  /** Those of some names that stand for values. */
  values(names: readonly string[]): Map<string, Value> {
    return new Map(
      names.flatMap((name) => {
        const found = this.#defined.get(name);
        return found === undefined || isKnown(found) ? [] : [[name, found]];
      }),
    );
  }

  addUnsupported(label: string): void {
    this.#unsupported.set(label, (this.#unsupported.get(label) ?? 0) + 1);
  }

  hasFailed(name: string): boolean {
    return this.#failed.has(name);
  }

  lookUp(name: string, prefix = ""): Imported {
    const found = this.#defined.get(name);
    if (found === undefined) {
      throw new ModelError(`${prefix}'${name}' is used, but no node before computes it, nor is it an input`);
    }
    return found;
  }

  throwProblems(): void {
    if (this.#unsupported.size > 0) throw new ModelError(unsupportedMessage(this.#unsupported));
    if (this.#problem !== undefined) throw this.#problem;
  }
}

/** Ops on whole numbers that stand for floats. */
const QUANTIZED = /(^|\.)(QLinear|QGemm|QAttention|Quantize|Dequantize|DynamicQuantize|ConvInteger|MatMulInteger)/;

function unsupportedMessage(unsupported: ReadonlyMap<string, number>): string {
  const got = [...unsupported].map(([label, count]) => `${label} (${count})`).join(", ");
  if ([...unsupported.keys()].some((label) => QUANTIZED.test(label))) {
    return (
      `ONNX file: got a quantized network, whose weights are whole numbers and have no gradients: ${got}. ONNX Runtime ` +
      "runs it as it is, to embed or to detect; to train or rewrite it, take the float file that it was made from, and " +
      "quantize the result again"
    );
  }
  return (
    `ONNX file: got ops that cannot be read into a graph: ${got}. ONNX Runtime may still run the file as it is, to embed ` +
    "or to detect; to train or rewrite it, export it with these ops: " +
    [...importers.keys()].sort().join(", ")
  );
}

/** Reads a node and defines its outputs, or notes why it cannot be read. */
function importNode(node: OnnxNode, context: ImportContext, names: Names): void {
  const outputs = node.outputs.filter((name) => name !== "");
  const label = node.domain === undefined ? node.opType : `${node.domain}.${node.opType}`;
  const importer = node.domain === undefined ? importers.get(node.opType) : undefined;
  const fold = node.domain === undefined ? folds.get(node.opType) : undefined;
  if (importer === undefined && fold === undefined) {
    names.addUnsupported(label);
    names.fail(outputs);
  } else if (node.inputs.some((name) => names.hasFailed(name))) {
    names.fail(outputs);
  } else {
    const results = attempt(node, () => {
      const inputs = node.inputs.map((name) => (name === "" ? undefined : names.lookUp(name)));
      return resultsOf(new ImportNode(node, context, inputs), fold, importer);
    });
    if (results === undefined) names.addUnsupported(label);
    if (results === undefined || results instanceof ModelError) {
      names.fail(outputs, results);
    } else {
      for (const [i, imported] of results.entries()) {
        const name = node.outputs[i];
        if (name !== undefined && name !== "") names.define(name, imported);
      }
    }
  }
}

/** The result, or an error that says which node it is about. */
function attempt<T>(node: OnnxNode, run: () => T): T | ModelError {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof CosfaceError)) throw cause;
    const where = `ONNX file: ${node.opType} that computes '${node.outputs[0] ?? ""}'`;
    return new ModelError(`${where}: ${cause.message}`, { cause });
  }
}

/** What a node computes; undefined where it is supported in arithmetic on shapes only. */
function resultsOf(
  node: ImportNode,
  fold: ReturnType<typeof folds.get>,
  importer: Importer | undefined,
): readonly Imported[] | undefined {
  const { inputs } = node;
  if (fold !== undefined && inputs.length === node.inputCount && inputs.every(isKnown)) {
    const folded = fold(inputs, (name, fallback) => node.integer(name, fallback));
    if (folded !== undefined) return [folded];
  }
  if (importer === undefined) return undefined;
  const results = importer(node);
  const all = isList(results) ? results : [results];
  for (const { shape } of all) requireReal("", shape);
  return all;
}

function isList(results: ReturnType<Importer>): results is readonly Imported[] {
  return Array.isArray(results);
}

/** More elements than any memory holds: damaged bytes, which later arithmetic would turn into other errors. */
function requireReal(what: string, shape: Shape): void {
  const count = shape.reduce<number>((product, size) => (typeof size === "number" ? product * size : product), 1);
  if (!Number.isSafeInteger(count))
    throw new ModelError(`${what}got shape [${shape}], which no memory holds: check the file`);
}

function supportedPort({ name, type, shape }: OnnxPort): TypedPort {
  const supported: ElementType | undefined = graphType(type);
  if (supported === undefined) throw foreignType(name, type);
  return { name, type: supported, shape };
}

function foreignType(name: string, type: string): ModelError {
  return new ModelError(`ONNX file: '${name}' has type ${type}, expected ${SUPPORTED_TYPES}`);
}

/** Gives open sizes their numbers, and the others names that printed graphs can hold. */
function resolveSizes(ports: readonly TypedPort[], { batch, sizes = {} }: OnnxReaderOptions): TypedPort[] {
  const resolved = new Map(Object.entries(sizes));
  const open = new Set(ports.flatMap(({ shape }) => shape.filter((size) => typeof size === "string")));
  for (const [name, size] of [...resolved, ["batch", batch ?? 1] as const]) {
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
      if (typeof first === "string") resolved.set(first, batch);
      else if (first !== undefined && first !== batch) {
        throw new OptionError(`readOnnx: got batch ${batch}, but the file fixes '${name}' to [${shape}]`);
      }
    }
  }
  // Printed shapes have commas between sizes, and bare numbers in them are sizes.
  const printable = (size: string) => (/^\d+$/.test(size) ? `size_${size}` : size.replaceAll(",", "_"));
  const resolve = (size: Dim): Dim => (typeof size === "number" ? size : (resolved.get(size) ?? printable(size)));
  return ports.map(({ name, type, shape }) => ({ name, type, shape: shape.map(resolve) }));
}
