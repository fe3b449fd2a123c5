/** Compiled graphs on the engine of this platform. */
import type { Session, SessionOptions, Tensor } from "./engine.ts";
import type { Device } from "./names.ts";
import { engine } from "./platform.ts";
import { requireAvailable } from "./require-available.ts";

/**
 * Loads a model given as bytes or as the path of a file.
 * @throws {ModelError} when the model cannot be loaded. @throws {DeviceError} when the device is missing or does not
 * start.
 */
export function createSession(model: Uint8Array | string, options: SessionOptions = {}): Promise<Session> {
  return engine.createSession(model, options);
}

/**
 * Frees the memory of tensors, which are empty from then on. The garbage collector would keep hundreds of megabytes
 * for some calls more; a port without a listener takes the memory over and drops it.
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

/** Devices that this installation offers, "cpu" first. Loads the runtime. */
export function availableDevices(): Promise<readonly Device[]> {
  return engine.availableDevices();
}

/** Loads the runtime. @throws {DeviceError} that lists the available devices, when `device` is not one of them. */
export function requireDevice(device: Device): Promise<void> {
  return requireAvailable(engine, device);
}

/** Version of ONNX Runtime. Loads the runtime. */
export function runtimeVersion(): Promise<string> {
  return engine.version();
}

/** Whether channel-blocked convolutions exist here: not on every processor, and not in WebAssembly. */
export function hasBlockedConvolutions(): Promise<boolean> {
  return engine.hasBlockedConvolutions();
}

/** The file that remembers measured lowerings, unless a program names another. */
export function loweringCacheFile(): string {
  return engine.loweringStore().location;
}
