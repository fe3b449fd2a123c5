import type { Graph } from "./graph.ts";
import { graphInputs, outputEntries, outputValues, sortedNodes } from "./graph.ts";
import {
  type Attribute,
  constantData,
  constantOp,
  formatType,
  inputName,
  inputOp,
  type Node,
  shortestFloat,
  type Value,
} from "./value.ts";

/** A graph as text: one line a node with the types of its outputs; constants of up to four elements stand in place. */
export function printGraph(graph: Graph): string {
  const names = new Map<Value, string>();
  const inputs = graphInputs(graph);
  for (const [name, value] of inputs) names.set(value, name);
  const lines: string[] = [];
  let count = 0;
  for (const node of sortedNodes(outputValues(graph))) {
    if (node.op === inputOp) continue;
    if (node.op === constantOp) {
      for (const value of node.outputs) names.set(value, formatConstant(value));
      continue;
    }
    for (const value of node.outputs) {
      while (inputs.has(letters(count))) count++;
      names.set(value, letters(count++));
    }
    const left = node.outputs.map((value) => `${names.get(value)}: ${formatType(value)}`).join(", ");
    const operands = node.inputs.map((value) => names.get(value));
    lines.push(`  ${left} = ${[node.op.name, ...operands, ...settings(node)].join(" ")}`);
  }
  const header = [...inputs].map(([, value]) => `${inputName(value)}: ${formatType(value)}`).join(", ");
  const results = outputEntries(graph).map(([name, value]) => `${name}=${names.get(value)}`);
  return [`${graph.name}(${header})`, ...lines, `  return ${results.join(" ")}`].join("\n");
}

/** `axes=[1] keepDims=false`. */
function settings({ attributes, lowering }: Node): string[] {
  return Object.entries({ ...attributes, lowering }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${formatAttribute(value)}`],
  );
}

function formatConstant(value: Value): string {
  const data = constantData(value);
  if (data === undefined || data.length > 4) return `constant:${formatType(value)}`;
  const text = Array.from<number | bigint, string>(data, (element) =>
    String(value.type === "f32" ? shortestFloat(Number(element)) : element),
  ).join(",");
  return value.shape.length === 0 ? text : `[${text}]`;
}

function formatAttribute(value: Attribute): string {
  return typeof value === "object" ? `[${value.join(",")}]` : String(value);
}

/** a … z, aa, ab … */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}
