/**
 * A compiled graph: the bytes of an ONNX model inside ONNX Runtime. The only file that imports onnxruntime-node.
 *
 * Tensors go in and come out as typed arrays. Inputs are read where they lie; outputs are copied out of the runtime.
 */
import "./no-telemetry.ts";
import * as ort from "onnxruntime-node";
import { DeviceError, ModelError } from "../../base/core/index.ts";
import type { ElementType, TensorData } from "../graph/index.ts";
import { type Device, devices } from "./names.ts";

/** A tensor at the border of a program: its sizes are numbers, and `data` holds all of its elements. */
export type Tensor = { readonly type: ElementType; readonly shape: readonly number[]; readonly data: TensorData };
/** Tensors by the names of inputs or outputs. */
export type Tensors = { readonly [name: string]: Tensor };

/** Where and with how many threads a model runs. */
export type SessionOptions = {
  /** Default "cpu". */
  readonly device?: Device;
  /** Threads of one op on the CPU; default: as many as the machine has cores. */
  readonly threads?: number;
  /** Writes a profile of each run to `<prefix>_<time>.json`. */
  readonly profilePrefix?: string;
};

/** A model inside ONNX Runtime. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Declared types: sizes are numbers, or names where they are known only at run time. */
  readonly inputTypes: {
    readonly [name: string]: { readonly type: ElementType; readonly shape: readonly (number | string)[] };
  };
  /**
   * Runs the model.
   * @throws {ModelError} when an input is missing, or of another type or shape than the model's.
   */
  run(inputs: Tensors): Promise<Tensors>;
  /** Ends profiling, if it was asked for. */
  endProfiling(): void;
  close(): Promise<void>;
}

/**
 * One large block for all tensors of a run is mapped anew by each run, so tensors are allocated one by one, from blocks
 * that stay. Threads that wait sleep, and leave the core to the decoding of pictures. Work is dealt out in smaller and
 * smaller blocks, so that no thread waits long for the other.
 */
const MEASURED_TO_BE_FASTER = {
  enableMemPattern: false,
  extra: { session: { intra_op: { allow_spinning: "0" }, dynamic_block_base: "4" } },
} as const;

/** Loads a model given as bytes or as the path of a file. */
export async function createSession(model: Uint8Array | string, options: SessionOptions = {}): Promise<Session> {
  const { device = "cpu", threads = 0, profilePrefix } = options;
  requireDevice(device);
  const sessionOptions: ort.InferenceSession.SessionOptions = {
    executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    ...MEASURED_TO_BE_FASTER,
    logSeverityLevel: 3,
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  };
  let session: ort.InferenceSession;
  try {
    session =
      typeof model === "string"
        ? await ort.InferenceSession.create(model, sessionOptions)
        : await ort.InferenceSession.create(model, sessionOptions);
  } catch (cause) {
    if (device !== "cpu") {
      const message = `device '${device}' could not be started: ${firstLine(cause)}`;
      throw new DeviceError(`${message}; device 'cpu' always can${advice(device)}`, { cause });
    }
    throw new ModelError(`ONNX Runtime does not load this model: ${firstLine(cause)}`, { cause });
  }
  return new OrtSession(session);
}

class OrtSession implements Session {
  readonly #session: ort.InferenceSession;

  constructor(session: ort.InferenceSession) {
    this.#session = session;
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
    let results: ort.InferenceSession.OnnxValueMapType;
    try {
      const feeds = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, toOrt(tensor)]));
      results = await this.#session.run(feeds);
    } catch (cause) {
      throw new ModelError(`ONNX Runtime does not run this model on these inputs: ${firstLine(cause)}`, { cause });
    }
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, dims, data }]) => [
        name,
        { type: elementType(type), shape: dims, data: data as TensorData },
      ]),
    );
  }

  endProfiling(): void {
    this.#session.endProfiling();
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

/**
 * Lets go of the memory of tensors, which are empty from then on. Left to the garbage collector, hundreds of megabytes
 * lie there for some calls more. A port that nobody listens to takes the memory over and drops it.
 */
export function release(tensors: readonly Tensor[]): void {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.postMessage(
    null,
    tensors.map(({ data }) => data.buffer as ArrayBuffer),
  );
  port1.close();
}

const ortTypes = { f32: "float32", f64: "float64", i32: "int32", i64: "int64", u8: "uint8", bool: "bool" } as const;

function toOrt({ type, shape, data }: Tensor): ort.Tensor {
  return new ort.Tensor(ortTypes[type], data as never, shape);
}

function elementType(name: ort.Tensor.Type): ElementType {
  const found = Object.entries(ortTypes).find(([, value]) => value === name);
  if (found === undefined)
    throw new ModelError(`this model uses ${name} tensors, expected f32, f64, i32, i64, u8 or bool`);
  return found[0] as ElementType;
}

/** Devices that this installation of onnxruntime-node offers. */
export function availableDevices(): Device[] {
  const offered = new Set(ort.listSupportedBackends().map(({ name }) => name));
  return devices.filter((device) => device === "cpu" || offered.has(device));
}

/** @throws {DeviceError} naming the devices there are, when `device` is not one of them. */
export function requireDevice(device: Device): void {
  const available = availableDevices();
  if (available.includes(device)) return;
  const message = `device '${device}' is not available here, expected one of ${available.join(", ")}`;
  throw new DeviceError(message + advice(device));
}

/** What makes a device available; it may be listed, and its libraries still be missing. */
function advice(device: Device): string {
  if (device !== "cuda") return "";
  return "; for CUDA run onnxruntime-node's install script once: npm rebuild onnxruntime-node --ignore-scripts=false";
}

function firstLine(error: unknown): string {
  return (error as Error).message.split("\n")[0]!;
}

/** ONNX Runtime's version. */
export const runtimeVersion: string = ort.env.versions.node ?? ort.env.versions.common;
