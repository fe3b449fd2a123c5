import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "pull",
  description: "Download a model file into your folder, checked by its SHA-256",
  arguments: [{ name: "url", help: "address of an ONNX file" }],
  options,
  notes: `After an interruption, the same command continues the download. Read the model's
licence before you use it: few files state their licence.`,
  examples: ["cosface models pull https://example.org/w600k.onnx --sha256 HEX --name w600k"],
  load: () => import("./run.ts"),
});
