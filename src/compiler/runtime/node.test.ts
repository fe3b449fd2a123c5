import { describe, expect, it } from "vitest";
import { engineContract } from "../../../test/support/engine-contract.ts";
import { ModelError } from "../../base/core/index.ts";
import { nodeEngine } from "./node.ts";

describe("onnxruntime-node as an engine", () => {
  it.each(engineContract)("$name", ({ check }) => check(nodeEngine));

  it("refuses the path of a file that does not exist", async () => {
    await expect(nodeEngine.createSession("there-is-no-such-model.onnx", {})).rejects.toThrow(ModelError);
  });
});
