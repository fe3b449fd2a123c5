/**
 * ONNX's own node tests, from Debian's package libonnx-testdata: each is a file of one or a few nodes with inputs and
 * the outputs that they must give. A test is right when the file is read, written and run with those outputs, and
 * refused when the reader says what it cannot read; none may be wrong.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, type TensorProto, TensorProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { CosfaceError } from "../src/base/core/index.ts";
import { decodeTensorProto } from "../src/compiler/onnx/format.ts";
import { readOnnx, writeOnnx } from "../src/compiler/onnx/index.ts";
import { createSession, type Tensor } from "../src/compiler/runtime/index.ts";

const FOLDER = "/usr/share/libonnx-testdata/data/node";

/**
 * Tests of what no network for images has: training, quantization, strings, sequences, loops, recurrent networks,
 * random numbers, signals, sets, losses, boxes, and integers other than indices.
 */
const OTHERS = new RegExp(
  [
    "^(adagrad|adam|momentum|nesterov|training|bernoulli|sce|nllloss|sequence|optional|identity_(opt|sequence)|if|loop|scan)",
    "^(gru|lstm|rnn|simple_rnn|strnormalizer|tfidfvectorizer|reversesequence|dft|stft|hannwindow|hammingwindow)",
    "^(blackmanwindow|melweightmatrix|bitshift|unique|nonmaxsuppression|roialign|compress|nonzero|det|maxunpool)",
    "^(dynamicquantizelinear|quantizelinear|dequantizelinear|qlinear|convinteger|basic_convinteger|matmulinteger)",
    "STRING|uint|int8|int16|float16|FLOAT16|^(and|or|xor|not|isinf|isnan|mod|gridsample|momentum|cast_|castlike)",
  ].join("|"),
);

/** Tests that are right. */
const RIGHT = 496;

const names = existsSync(FOLDER)
  ? readdirSync(FOLDER)
      .map((name) => name.replace(/^test_/, ""))
      .filter((name) => !OTHERS.test(name))
  : [];

/** Tensors of a test's files: "input" or "output". */
function tensorsOf(name: string, kind: string): TensorProto[] {
  const folder = join(FOLDER, `test_${name}`, "test_data_set_0");
  const files = readdirSync(folder).filter((file) => file.startsWith(kind));
  return files
    .sort((a, b) => Number(a.replace(/\D/g, "")) - Number(b.replace(/\D/g, "")))
    .map((file) => fromBinary(TensorProtoSchema, readFileSync(join(folder, file))));
}

type Outcome = { readonly kind: "right" | "wrong" | "refused"; readonly reason?: string };

/** Runs a test; inputs from `bound` on become tensors of the file, as exporters write axes and shapes. */
async function run(name: string, bound: number): Promise<Outcome> {
  const proto = fromBinary(ModelProtoSchema, readFileSync(join(FOLDER, `test_${name}`, "model.onnx")));
  const graph = proto.graph!;
  const ports = graph.input.map(({ name }) => name);
  const inputs = tensorsOf(name, "input_");
  for (const [i, tensor] of inputs.entries()) {
    if (i >= bound) graph.initializer.push({ ...tensor, name: ports[i] ?? "" });
  }
  try {
    const model = readOnnx(toBinary(ModelProtoSchema, proto));
    const written = writeOnnx(model.graph, {
      initializers: new Map([...model.parameters].map(([name, { data }]) => [name, data])),
    });
    const session = await createSession(written, { threads: 1 });
    try {
      const feeds = inputs.slice(0, bound).map((tensor, i) => [ports[i] ?? "", decodeTensorProto(tensor) as Tensor]);
      const got = await session.run(
        Object.fromEntries(feeds.filter(([name]) => session.inputNames.includes(String(name)))),
      );
      for (const [i, expected] of tensorsOf(name, "output_").entries()) {
        const problem = difference(decodeTensorProto(expected) as Tensor, Object.values(got)[i]);
        if (problem !== undefined) return { kind: "wrong", reason: problem };
      }
      return { kind: "right" };
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof CosfaceError)) throw error;
    return { kind: "refused", reason: error.message };
  }
}

function difference(expected: Tensor, got: Tensor | undefined): string | undefined {
  if (got === undefined) return "a missing output";
  if (got.shape.join() !== expected.shape.join()) return `shape [${got.shape}], expected [${expected.shape}]`;
  const [a, b] = [expected.data, got.data].map((data) => Array.from<number | bigint, number>(data, Number));
  const worst = a!.reduce((most, value, i) => {
    const off = Math.abs(value - b![i]!) / Math.max(1, Math.abs(value));
    return Object.is(value, b![i]) || value === b![i] ? most : Math.max(most, Number.isNaN(off) ? Infinity : off);
  }, 0);
  return worst < 1e-4 ? undefined : `a difference of ${worst}`;
}

describe.skipIf(names.length === 0)("ONNX's node tests (Debian's libonnx-testdata)", () => {
  it("are right, or refused in words, and never wrong", { timeout: 300_000 }, async () => {
    const outcomes = new Map<string, Outcome>();
    for (const name of names) {
      const count = tensorsOf(name, "input_").length;
      let outcome = await run(name, count);
      for (let bound = count - 1; outcome.kind === "refused" && bound >= Math.min(1, count); bound--) {
        outcome = await run(name, bound);
      }
      outcomes.set(name, outcome);
    }
    const of = (kind: Outcome["kind"]) => [...outcomes].filter(([, outcome]) => outcome.kind === kind);
    if (process.env.COSFACE_NODE_TESTS !== undefined) {
      for (const [name, { kind, reason }] of outcomes)
        if (kind !== "right") console.log(kind, name, reason?.slice(0, 160));
      console.log(`${of("right").length} right of ${names.length}, ${of("refused").length} refused`);
    }
    expect(of("wrong")).toEqual([]);
    for (const [name, { reason }] of of("refused")) expect(reason, name).toMatch(/^ONNX file: /);
    expect(of("right").length).toBeGreaterThanOrEqual(RIGHT);
  });
});
