/**
 * The engine runs compiled graphs: it takes the bytes of an ONNX model and gives a session. This file is the
 * interface; one file for each platform implements it (`node.ts`: onnxruntime-node), and `platform.ts` chooses.
 * Everything else in the project knows only what is declared here. `test/support/engine-contract.ts` holds the
 * behavior that every engine must show.
 */
import type { ElementType, TensorData } from "../graph/index.ts";
import type { Device } from "./names.ts";

/** An input or output value of a program: its sizes are numbers, and `data` holds all of its elements, row by row. */
export type Tensor = { readonly type: ElementType; readonly shape: readonly number[]; readonly data: TensorData };
/** Tensors by the names of inputs or outputs. */
export type Tensors = { readonly [name: string]: Tensor };

/** Device and number of threads that a model runs with. */
export type SessionOptions = {
  /** Default "cpu". */
  readonly device?: Device;
  /** Threads of one op on the CPU; default: as many as the machine has cores. */
  readonly threads?: number;
  /** Writes a profile of each run to `<prefix>_<time>.json`, where the engine can. */
  readonly profilePrefix?: string;
};

/** A model loaded into an engine. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Declared types: sizes are numbers, or names where they are known only at run time. Ports of half precision take and
   * give f32.
   */
  readonly inputTypes: {
    readonly [name: string]: { readonly type: ElementType; readonly shape: readonly (number | string)[] };
  };
  /**
   * Runs the model. Inputs are read in place and stay unchanged; outputs are copied out of the engine and belong to
   * the caller.
   * @throws {ModelError} when an input is missing, or its type or shape differs from the model's.
   */
  run(inputs: Tensors): Promise<Tensors>;
  /** Ends profiling, if it was asked for. */
  endProfiling(): void;
  /** Frees the memory of the model. Nothing can be run afterwards. */
  close(): Promise<void>;
}

/**
 * Fastest lowerings by machine, and by the convolution with the lowerings that competed: a new lowering is measured.
 */
export type RememberedLowerings = { readonly [machine: string]: { readonly [contest: string]: string } };

/** Keeps measured lowerings between runs. */
export interface LoweringStore {
  /** File path, or name of a database. */
  readonly location: string;
  /** Everything remembered; empty if nothing is stored, or what is stored is damaged: measuring again costs seconds. */
  read(): Promise<RememberedLowerings>;
  /** Replaces what is stored. A store that cannot be written is left as it was, without an error. */
  write(lowerings: RememberedLowerings): Promise<void>;
}

/** What one platform provides to run models. */
export interface Engine {
  /** Version of ONNX Runtime. */
  version(): Promise<string>;
  /** Devices that this installation offers, "cpu" first. A device that is listed may still fail to start. */
  availableDevices(): Promise<readonly Device[]>;
  /** A sentence for errors that says how a missing device can be installed; empty if nothing is known. */
  deviceAdvice(device: Device): string;
  /**
   * Loads a model from bytes, or from a path or URL.
   * @throws {ModelError} when the model cannot be loaded. @throws {DeviceError} when the device cannot be started.
   */
  createSession(model: Uint8Array | string, options: SessionOptions): Promise<Session>;
  /** Processor, number of threads, device and version: what measured times depend on. */
  timingKey(options: SessionOptions): Promise<string>;
  /**
   * Whether convolutions in ONNX Runtime's channel-blocked layout exist: not on every processor, and not in
   * WebAssembly.
   */
  hasBlockedConvolutions(): Promise<boolean>;
  /** The store at a location, by default the one that all programs of the user share. */
  loweringStore(location?: string): LoweringStore;
}
