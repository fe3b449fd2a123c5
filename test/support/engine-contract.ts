/**
 * The behavior that every engine must show, as checks that need no test runner and nothing of Node.js: a test of one
 * engine runs them under vitest, and a page can run the same ones in a browser.
 */
import { DeviceError, ModelError } from "../../src/base/core/index.ts";
import {
  add,
  cast,
  type ElementType,
  input,
  matmul,
  mul,
  relu,
  type TensorData,
} from "../../src/compiler/graph/index.ts";
import { writeOnnx } from "../../src/compiler/onnx/index.ts";
import { devices, type Engine, type Session, type Tensor, type Tensors } from "../../src/compiler/runtime/index.ts";

/** One requirement; `check` rejects when the engine does not meet it. */
export type Requirement = { readonly name: string; readonly check: (engine: Engine) => Promise<void> };

const one = { threads: 1 } as const;
const x = input("x", "f32", ["batch", 2]);
const twice = writeOnnx({ name: "twice", outputs: { y: mul(x, 2), z: add(x, 1) } });

const tensor = (type: ElementType, shape: readonly number[], data: TensorData): Tensor => ({ type, shape, data });
const rows = (...data: number[]): Tensor => tensor("f32", [data.length / 2, 2], Float32Array.from(data));

/** A state and what is added to it: the next state is an output that the caller hands in again. */
const accumulate = writeOnnx({
  name: "accumulate",
  outputs: { next: add(input("state", "f32", [2]), input("step", "f32", [2])) },
});

const every = {
  f32: tensor("f32", [2], Float32Array.of(1.5, -2)),
  f64: tensor("f64", [2], Float64Array.of(1 + 2 ** -40, -2)),
  i32: tensor("i32", [2], Int32Array.of(7, -(2 ** 31))),
  i64: tensor("i64", [2], BigInt64Array.of(2n ** 40n, -1n)),
  u8: tensor("u8", [2], Uint8Array.of(0, 255)),
} as const satisfies Partial<Record<ElementType, Tensor>>;

/** What an engine must do, each by its name. */
export const engineContract: readonly Requirement[] = [
  {
    name: "reports a version and the CPU as its first device",
    check: async (engine) => {
      requireThat(/^\d+\.\d+\.\d+/.test(await engine.version()), "the version has three numbers");
      const available = await engine.availableDevices();
      requireEqual(available[0], "cpu");
      requireThat(
        available.every((device) => devices.includes(device)),
        "every device has a known name",
      );
    },
  },
  {
    name: "knows a model's inputs, outputs and open dimensions",
    check: (engine) =>
      withSession(engine, twice, async (session) => {
        requireEqual(session.inputNames, ["x"]);
        requireEqual(session.outputNames, ["y", "z"]);
        requireEqual(session.inputTypes, { x: { type: "f32", shape: ["batch", 2] } });
      }),
  },
  {
    name: "runs a model with an open dimension at any size",
    check: (engine) =>
      withSession(engine, twice, async (session) => {
        requireEqual(await session.run({ x: rows(1, 2) }), { y: rows(2, 4), z: rows(2, 3) });
        requireEqual((await session.run({ x: rows(1, 2, 3, 4) })).y, rows(2, 4, 6, 8));
        requireEqual((await session.run({ x: rows() })).y, rows());
      }),
  },
  {
    name: "takes and gives every element type without loss",
    check: async (engine) => {
      for (const [type, value] of Object.entries(every) as [keyof typeof every, Tensor][]) {
        const taken = input("x", type, [2]);
        // A sum with 0 in the same type; bytes have no Add in ONNX Runtime and go through i32.
        const outputs = type === "u8" ? { y: cast(cast(taken, "i32"), "u8") } : { y: add(taken, mul(taken, 0)) };
        await withSession(engine, writeOnnx({ name: type, outputs }), async (session) => {
          requireEqual((await session.run({ x: value })).y, value);
        });
      }
      const truth = tensor("bool", [2], Uint8Array.of(0, 1));
      const model = writeOnnx({ name: "bool", outputs: { y: cast(cast(input("x", "bool", [2]), "i32"), "bool") } });
      await withSession(engine, model, async (session) => requireEqual((await session.run({ x: truth })).y, truth));
    },
  },
  {
    name: "leaves inputs unchanged, and gives outputs that later runs do not change",
    check: (engine) =>
      withSession(engine, writeOnnx({ name: "relu", outputs: { y: relu(x) } }), async (session) => {
        const given = rows(-1, 2);
        const { y } = await session.run({ x: given });
        await session.run({ x: rows(5, 6) });
        requireEqual(given, rows(-1, 2));
        requireEqual(y, rows(0, 2));
      }),
  },
  {
    name: "lets a caller keep state between runs",
    check: (engine) =>
      withSession(engine, accumulate, async (session) => {
        let state = tensor("f32", [2], Float32Array.of(0, 10));
        const step = tensor("f32", [2], Float32Array.of(1, 2));
        for (let i = 0; i < 5; i++) state = only(await session.run({ state, step }), "next");
        requireEqual(state, tensor("f32", [2], Float32Array.of(5, 20)));
      }),
  },
  {
    name: "runs two sessions at once, and one of them after the other is closed",
    check: async (engine) => {
      const size = 64;
      const values = (seed: number) => Float32Array.from({ length: size * size }, (_, i) => ((i * seed) % 13) - 6);
      const [a, b] = [input("a", "f32", [size, size]), input("b", "f32", [size, size])];
      const [first, second] = await Promise.all([
        engine.createSession(writeOnnx({ name: "product", outputs: { y: matmul(a, b) } }), one),
        engine.createSession(writeOnnx({ name: "sum", outputs: { y: add(a, b) } }), one),
      ]);
      const feeds = { a: tensor("f32", [size, size], values(3)), b: tensor("f32", [size, size], values(5)) };
      const alone = [only(await first.run(feeds), "y"), only(await second.run(feeds), "y")];
      const together = await Promise.all([first.run(feeds), second.run(feeds), first.run(feeds), second.run(feeds)]);
      for (const [i, results] of together.entries()) requireEqual(only(results, "y"), alone[i % 2]);
      await first.close();
      requireEqual(only(await second.run(feeds), "y"), alone[1]);
      await second.close();
    },
  },
  ...(
    [
      ["without an input", {}],
      ["with a tensor of another rank", { x: { ...rows(1, 2), shape: [2] } }],
      ["with another size", { x: { ...rows(), shape: [1, 3], data: new Float32Array(3) } }],
      ["with another element type", { x: tensor("i32", [1, 2], Int32Array.of(1, 2)) }],
      ["with less data than its shape has", { x: { ...rows(1, 2), shape: [2, 2] } }],
    ] as const satisfies readonly (readonly [string, Tensors])[]
  ).map(
    ([problem, inputs]): Requirement => ({
      name: `refuses to run ${problem}, and runs afterwards`,
      check: (engine) =>
        withSession(engine, twice, async (session) => {
          await requireRejection(session.run(inputs), ModelError);
          requireEqual((await session.run({ x: rows(1, 2) })).y, rows(2, 4));
        }),
    }),
  ),
  ...(
    [
      ["bytes that are not a model", Uint8Array.of(1, 2, 3, 4)],
      ["no bytes", new Uint8Array(0)],
      ["the first half of a model", twice.slice(0, twice.length / 2)],
    ] as const
  ).map(
    ([what, bytes]): Requirement => ({
      name: `refuses ${what} with a reason`,
      check: async (engine) => {
        const error = await requireRejection(engine.createSession(bytes, one), ModelError);
        requireThat(/does not load this model: ./.test(error.message), error.message);
        requireThat(error.cause instanceof Error, "the cause is kept");
      },
    }),
  ),
  {
    name: "refuses to run a closed session",
    check: async (engine) => {
      const session = await engine.createSession(twice, one);
      await session.close();
      await requireRejection(session.run({ x: rows(1, 2) }), ModelError);
    },
  },
  {
    name: "refuses a device that is not available",
    check: async (engine) => {
      const available = await engine.availableDevices();
      const missing = devices.find((device) => !available.includes(device));
      requireThat(missing !== undefined, "DirectML is Windows' and Core ML is Apple's: one of them is always missing");
      if (missing !== undefined) await requireRejection(engine.createSession(twice, { device: missing }), DeviceError);
    },
  },
  {
    name: "has one timing key for equal options, and another for each number of threads",
    check: async (engine) => {
      requireEqual(await engine.timingKey(one), await engine.timingKey({ ...one, device: "cpu" }));
      requireThat((await engine.timingKey(one)) !== (await engine.timingKey({ threads: 2 })), "threads are in the key");
    },
  },
  {
    name: "loads channel-blocked convolutions, or says that it has none, the same each time",
    check: async (engine) => {
      requireEqual(await engine.hasBlockedConvolutions(), await engine.hasBlockedConvolutions());
    },
  },
];

async function withSession(engine: Engine, model: Uint8Array, use: (session: Session) => Promise<void>): Promise<void> {
  const session = await engine.createSession(model, one);
  try {
    await use(session);
  } finally {
    await session.close();
  }
}

function only(results: Tensors, name: string): Tensor {
  const found = results[name];
  if (found === undefined) throw new Error(`no output '${name}', got ${Object.keys(results).join(", ")}`);
  return found;
}

function requireThat(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(`not so: ${what}`);
}

/** By JSON, with typed arrays as their class and elements: −0 counts as 0. */
function requireEqual(got: unknown, expected: unknown): void {
  const [a, b] = [text(got), text(expected)];
  if (a !== b) throw new Error(`got ${a}, expected ${b}`);
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return `${part}n`;
    if (!ArrayBuffer.isView(part)) return sorted(part);
    return { class: part.constructor.name, elements: Array.from(part as Float64Array | BigInt64Array, String) };
  });
}

function sorted(part: unknown): unknown {
  if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function requireRejection<E extends Error>(
  call: Promise<unknown>,
  kind: abstract new (...args: never[]) => E,
): Promise<E> {
  const outcome = await call.then(
    () => "a result",
    (error: unknown) => error,
  );
  if (outcome instanceof kind) return outcome;
  throw new Error(`got ${String(outcome)}, expected ${kind.name}`);
}
