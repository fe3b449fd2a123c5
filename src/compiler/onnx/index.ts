export { addOnnxMetadata, type OnnxPort, onnxGraphBytes, readOnnxPorts } from "./format.ts";
export { EACH, FIRST, LAST, REPETITIONS, type Repetition, writeOnnxLoop } from "./loop.ts";
export { BATCH } from "./open-batch.ts";
export { type OnnxModel, type OnnxParameter, type OnnxReaderOptions, readOnnx } from "./reader.ts";
export {
  addOutput,
  embedExternalTensors,
  externalLocations,
  replaceTensors,
} from "./stored-tensors.ts";
export { type OnnxWriterOptions, writeOnnx } from "./writer.ts";
