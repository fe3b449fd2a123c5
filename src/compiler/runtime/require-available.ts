import { DeviceError } from "../../base/core/index.ts";
import type { Engine } from "./engine.ts";
import type { Device } from "./names.ts";

/** @throws {DeviceError} that lists the available devices, when `device` is not one of them. */
export async function requireAvailable(engine: Engine, device: Device): Promise<void> {
  const available = await engine.availableDevices();
  if (available.includes(device)) return;
  const message = `device '${device}' is not available here, expected one of ${available.join(", ")}`;
  throw new DeviceError(message + engine.deviceAdvice(device));
}
