export { addOnnxMetadata, type OnnxPort, onnxGraphBytes, readOnnxPorts } from "./format.ts";
export { EACH, FIRST, LAST, REPETITIONS, type Repetition, writeOnnxLoop } from "./loop.ts";
export { type OnnxModel, type OnnxParameter, type OnnxReaderOptions, readOnnx } from "./reader.ts";
export { type OnnxWriterOptions, writeOnnx } from "./writer.ts";
