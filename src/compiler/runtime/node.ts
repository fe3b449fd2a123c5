/** The engine of Node.js: onnxruntime-node, a native package that is loaded when the first session is created. */
import "./no-telemetry.ts";
import { cpus } from "node:os";
import type * as Ort from "onnxruntime-node";
import { DeviceError, fromHalf, ModelError, toHalf } from "../../base/core/index.ts";
import type { ElementType, TensorData } from "../graph/index.ts";
import { blockedConvolutionModel } from "./blocked-convolution-model.ts";
import type { Engine, Session, SessionOptions, Tensor, Tensors } from "./engine.ts";
import { loweringFile, userLoweringFile } from "./lowering-file.ts";
import { devices } from "./names.ts";
import { requireAvailable } from "./require-available.ts";

/**
 * Without a memory pattern, tensors are allocated one by one from blocks that stay; with it, each run maps one large
 * block anew. Waiting threads sleep, which leaves the core to the decoding of images. Work is dealt out in shrinking
 * blocks, so that no thread waits long for another.
 */
const MEASURED_TO_BE_FASTER = {
  enableMemPattern: false,
  extra: { session: { intra_op: { allow_spinning: "0" }, dynamic_block_base: "4" } },
} as const;

/** An error of a run is thrown: the runtime's own log of it, with names of its source files, helps nobody. */
const QUIET = { logSeverityLevel: 4 } as const;

let loading: Promise<typeof Ort> | undefined;

function loadRuntime(): Promise<typeof Ort> {
  loading ??= import("onnxruntime-node").then((runtime) => {
    // Also what is logged outside of sessions, as of a device whose libraries are missing.
    runtime.env.logLevel = "fatal";
    return runtime;
  });
  return loading;
}

let blocked: Promise<boolean> | undefined;

/** ONNX Runtime in a Node.js process. */
export const nodeEngine: Engine = {
  async version() {
    const { env } = await loadRuntime();
    return env.versions.node ?? env.versions.common;
  },

  async availableDevices() {
    const offered = new Set((await loadRuntime()).listSupportedBackends().map(({ name }) => name));
    return devices.filter((device) => device === "cpu" || offered.has(device));
  },

  deviceAdvice(device) {
    if (device !== "cuda") return "";
    return "; for CUDA run onnxruntime-node's install script once: npm rebuild onnxruntime-node --ignore-scripts=false";
  },

  async createSession(model, options) {
    const runtime = await loadRuntime();
    const { device = "cpu" } = options;
    await requireAvailable(nodeEngine, device);
    try {
      return new OrtSession(runtime, await openSession(runtime, model, options));
    } catch (cause) {
      if (device === "cpu")
        throw new ModelError(`ONNX Runtime does not load this model: ${firstLine(cause)}`, { cause });
      const reason = /Failed to load/.test(firstLine(cause)) ? "its libraries are not installed" : firstLine(cause);
      const message = `device '${device}' could not be started: ${reason}`;
      throw new DeviceError(`${message}; use --device cpu${nodeEngine.deviceAdvice(device)}`, { cause });
    }
  },

  async timingKey({ threads, device = "cpu" }) {
    const processors = cpus();
    const processor = processors[0]?.model ?? "cpu";
    return [processor, threads ?? processors.length, device, await nodeEngine.version()].join("|");
  },

  hasBlockedConvolutions() {
    blocked ??= loads(blockedConvolutionModel());
    return blocked;
  },

  loweringStore: (path = userLoweringFile()) => loweringFile(path),
};

function openSession(
  { InferenceSession }: typeof Ort,
  model: Uint8Array | string,
  { device = "cpu", threads = 0, profilePrefix }: SessionOptions,
): Promise<Ort.InferenceSession> {
  const options: Ort.InferenceSession.SessionOptions = {
    executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    ...MEASURED_TO_BE_FASTER,
    logSeverityLevel: 3,
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  };
  return typeof model === "string" ? InferenceSession.create(model, options) : InferenceSession.create(model, options);
}

async function loads(model: Uint8Array): Promise<boolean> {
  try {
    await (await nodeEngine.createSession(model, { threads: 1 })).close();
    return true;
  } catch (error) {
    if (error instanceof ModelError) return false;
    throw error;
  }
}

class OrtSession implements Session {
  readonly #runtime: typeof Ort;
  readonly #session: Ort.InferenceSession;
  /** Inputs of half precision, which take f32 here. */
  readonly #halfInputs: ReadonlySet<string>;
  #isClosed = false;

  constructor(runtime: typeof Ort, session: Ort.InferenceSession) {
    this.#runtime = runtime;
    this.#session = session;
    const halves = session.inputMetadata.filter((port) => port.isTensor && port.type === "float16");
    this.#halfInputs = new Set(halves.map(({ name }) => name));
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  get inputTypes(): Session["inputTypes"] {
    return Object.fromEntries(
      this.#session.inputMetadata.flatMap((port) =>
        port.isTensor ? [[port.name, { type: elementType(port.type), shape: port.shape }]] : [],
      ),
    );
  }

  async run(inputs: Tensors): Promise<Tensors> {
    if (this.#isClosed) throw new ModelError("model: it was closed before this call: open it again");
    let results: Ort.InferenceSession.OnnxValueMapType;
    try {
      const feeds = Object.entries(inputs).map(([name, tensor]) => [name, this.#toOrt(name, tensor)] as const);
      results = await this.#session.run(Object.fromEntries(feeds), QUIET);
    } catch (cause) {
      throw new ModelError(`ONNX Runtime does not run this model on these inputs: ${firstLine(cause)}`, { cause });
    }
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, dims, data }]) => {
        const numbers = type === "float16" ? numbersOfHalves(data) : (data as TensorData);
        return [name, { type: elementType(type), shape: dims, data: numbers }];
      }),
    );
  }

  endProfiling(): void {
    this.#session.endProfiling();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#session.release();
  }

  #toOrt(name: string, { type, shape, data }: Tensor): Ort.Tensor {
    if (type === "f32" && this.#halfInputs.has(name)) {
      return new this.#runtime.Tensor("float16", toHalf(data as Float32Array), shape);
    }
    return new this.#runtime.Tensor(ortTypes[type], data as never, shape);
  }
}

const ortTypes = {
  f32: "float32",
  f64: "float64",
  i32: "int32",
  i64: "int64",
  u8: "uint8",
  bool: "bool",
} as const satisfies Record<ElementType, Ort.Tensor.Type>;

function elementType(name: Ort.Tensor.Type): ElementType {
  if (name === "float16") return "f32";
  const found = Object.entries(ortTypes).find(([, value]) => value === name);
  if (found === undefined)
    throw new ModelError(`this model uses ${name} tensors, expected f32, f64, i32, i64, u8 or bool`);
  return found[0] as ElementType;
}

/** Their bits, or numbers where the platform has an array of halves. */
function numbersOfHalves(data: Ort.Tensor["data"]): Float32Array {
  return data instanceof Uint16Array ? fromHalf(data) : Float32Array.from(data as ArrayLike<number>);
}

function firstLine(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return line;
}
