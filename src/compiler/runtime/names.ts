/** Names that help pages list. This file imports nothing, so that a help page loads no engine. */

/** Devices that programs can run on; `cpu` is always available. */
export const devices = ["cpu", "cuda", "webgpu", "dml", "coreml"] as const;
/** Name of a device: an execution provider of ONNX Runtime. */
export type Device = (typeof devices)[number];
