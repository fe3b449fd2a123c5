/**
 * A graph repeated inside one model: ONNX `Loop`. What one repetition hands to the next stays inside the runtime, which
 * passes it on without a copy; only the last values leave it. For a training step that is the whole state, so that its
 * copy is paid once for many steps.
 */
import { ModelError } from "../../base/core/index.ts";
import type { Graph } from "../graph/index.ts";
import { encodeModel, type OnnxNode, type OnnxPort } from "./format.ts";
import { planApart } from "./plan-apart.ts";
import { describeGraph } from "./writer.ts";

/** Input of a repeated graph: i64[], how often it is repeated. */
export const REPETITIONS = "repetitions";
/** Prefix of an input that repetitions hand on: its value before the first. */
export const FIRST = "first/";
/** Prefix of an output that repetitions hand on: its value after the last. */
export const LAST = "last/";
/** Prefix of an input or output that each repetition has one of: all of them along a new first axis. */
export const EACH = "each/";

/** What happens to the inputs of a graph that is repeated; those not named here stay as they are throughout. */
export type Repetition = {
  /** Inputs whose place an output takes in the next repetition: that output by the input's name. */
  readonly carried: ReadonlyMap<string, string>;
  /** Inputs that each repetition has its own of. */
  readonly each: readonly string[];
  /** Outputs that are made first, and leave nothing of the memory they need behind, see `planApart`. */
  readonly apart?: readonly string[];
};

/**
 * Writes a model that repeats a graph. Its inputs and outputs are those of the graph, with prefixes as `FIRST`, `LAST`
 * and `EACH` say, and `REPETITIONS`. Outputs that are not carried come out for each repetition.
 *
 * @throws {ModelError} when a name is none of the graph's, or a carried input and its output differ in type.
 */
export function writeOnnxLoop(graph: Graph, { carried, each, apart }: Repetition): Uint8Array {
  const body = describeGraph(graph);
  const states = [...carried].map(([from, to]) => {
    const [before, after] = [find(body.inputs, from), find(body.outputs, to)];
    if (before.type !== after.type || before.shape.join() !== after.shape.join()) {
      throw new ModelError(
        `${graph.name}: '${from}' is ${text(before)}, but '${to}' that follows it is ${text(after)}: expected the same`,
      );
    }
    return { before, after };
  });
  const eachInput = each.map((name) => find(body.inputs, name));
  const fixed = body.inputs.filter(({ name }) => !carried.has(name) && !each.includes(name));
  const handedOn = new Set(carried.values());
  const eachOutput = body.outputs.filter(({ name }) => !handedOn.has(name));
  const [index, proceed, stillProceed] = ["loop/index", "loop/proceed", "loop/still-proceed"];
  const loop: OnnxNode = {
    opType: "Loop",
    inputs: [REPETITIONS, "", ...states.map(({ before }) => FIRST + before.name)],
    outputs: [...states.map(({ after }) => LAST + after.name), ...eachOutput.map(({ name }) => EACH + name)],
    attributes: {
      body: {
        ...body,
        inputs: [
          { name: index, type: "i64", shape: [] },
          { name: proceed, type: "bool", shape: [] },
          ...states.map(({ before }) => before),
        ],
        outputs: [{ name: stillProceed, type: "bool", shape: [] }, ...states.map(({ after }) => after), ...eachOutput],
        nodes: [
          node("Identity", [proceed], stillProceed),
          ...eachInput.map(({ name }) => node("Gather", [EACH + name, index], name)),
          ...(apart === undefined ? body.nodes : planApart(body.nodes, apart, proceed)),
        ],
      },
    },
  };
  return encodeModel({
    name: `${graph.name}, repeated`,
    inputs: [
      { name: REPETITIONS, type: "i64", shape: [] },
      ...states.map(({ before }) => ({ ...before, name: FIRST + before.name })),
      ...eachInput.map(stacked),
      ...fixed,
    ],
    outputs: [...states.map(({ after }) => ({ ...after, name: LAST + after.name })), ...eachOutput.map(stacked)],
    nodes: [loop],
    initializers: [],
    metadata: {},
  });
}

const node = (opType: string, inputs: string[], output: string): OnnxNode => ({
  opType,
  inputs,
  outputs: [output],
  attributes: {},
});

const stacked = ({ name, type, shape }: OnnxPort): OnnxPort => ({
  name: EACH + name,
  type,
  shape: [REPETITIONS, ...shape],
});

const text = ({ type, shape }: OnnxPort) => `${type}[${shape}]`;

function find(ports: readonly OnnxPort[], name: string): OnnxPort {
  const found = ports.find((port) => port.name === name);
  if (found === undefined) throw new ModelError(`repeated graph: '${name}' is none of its inputs or outputs`);
  return found;
}
