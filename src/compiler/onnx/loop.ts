/**
 * A graph repeated inside one model: ONNX `Loop`. The runtime passes the values that a repetition hands to the next
 * without a copy; only the last ones leave it. For a training step that is the whole state, so that copying it is paid
 * once for many steps.
 */
import { ModelError } from "../../base/core/index.ts";
import { formatType, type Graph } from "../graph/index.ts";
import { encodeModel, type OnnxNode, type TypedPort } from "./format.ts";
import { isolateForward } from "./isolate-forward.ts";
import { describeGraph } from "./writer.ts";

/** Input of a repeated graph, i64[]: the number of repetitions. */
export const REPETITIONS = "repetitions";
/** Prefix of an input that repetitions hand on: its value before the first. */
export const FIRST = "first/";
/** Prefix of an output that repetitions hand on: its value after the last. */
export const LAST = "last/";
/** Prefix of an input or output that each repetition has one of: all of them along a new first axis. */
export const EACH = "each/";

/** How the inputs of a graph change from repetition to repetition; those not named here stay the same. */
export type Repetition = {
  /** Inputs that an output replaces in the next repetition: that output by the input's name. */
  readonly carried: ReadonlyMap<string, string>;
  /** Inputs with a different value in each repetition. */
  readonly each: readonly string[];
  /** Outputs that are computed first, and release all the memory that only they need, see `isolateForward`. */
  readonly isolated?: readonly string[];
};

/**
 * Writes a model that repeats a graph. Its inputs and outputs are those of the graph, with prefixes as `FIRST`, `LAST`
 * and `EACH` say, and `REPETITIONS`. Outputs that are not carried come out for each repetition.
 *
 * @throws {ModelError} when the graph has no input or output of a name, or a carried input and its output differ in
 *   type.
 */
export function writeOnnxLoop(graph: Graph, { carried, each, isolated }: Repetition): Uint8Array {
  const body = describeGraph(graph);
  const states = [...carried].map(([from, to]) => {
    const [before, after] = [find(body.inputs, from), find(body.outputs, to)];
    if (before.type !== after.type || before.shape.join() !== after.shape.join()) {
      throw new ModelError(
        `${graph.name}: '${from}' is ${formatType(before)}, but '${to}', which replaces it, is ${formatType(after)}: ` +
          "expected the same type",
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
          ...(isolated === undefined
            ? body.nodes
            : isolateForward(
                body.nodes,
                isolated,
                proceed,
                body.outputs.map(({ name }) => name),
              )),
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

/** The values of all repetitions along a new first axis. */
const stacked = ({ name, type, shape }: TypedPort): TypedPort => ({
  name: EACH + name,
  type,
  shape: [REPETITIONS, ...shape],
});

function find(ports: readonly TypedPort[], name: string): TypedPort {
  const found = ports.find((port) => port.name === name);
  if (found === undefined) throw new ModelError(`repeated graph: got '${name}', expected one of its inputs or outputs`);
  return found;
}
