import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "describe",
  description: "Print inputs, outputs, id, licence and calibration of a model",
  arguments: [{ name: "model", help: "ONNX file, or a name that models list prints" }],
  options,
  examples: ["cosface models describe runs/first/model.onnx", "cosface models describe yunet --json"],
  load: () => import("./run.ts"),
});
