/**
 * Disables the telemetry of ONNX Runtime. From 1.30 on it keeps a device id and a record of use in the user's cache
 * folder, and has an address of its maker to send them to, unless the environment forbids it when the library is
 * loaded. Set the variable to 0 to allow it.
 *
 * A worker thread has a copy of the environment that native code does not see, so the main thread must import this
 * file too.
 */
process.env.ORT_DISABLE_TELEMETRY ??= "1";
