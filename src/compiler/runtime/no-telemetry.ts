/**
 * Imported before ONNX Runtime, which from 1.30 on keeps a device id and what it was used for in the user's cache folder, and
 * has an address of its maker's to send such to, unless the environment says no when it is loaded. Whoever wants that sets
 * the variable to 0.
 *
 * A worker thread has a copy of the environment, which native code does not see: load this in the main thread too.
 */
process.env.ORT_DISABLE_TELEMETRY ??= "1";
