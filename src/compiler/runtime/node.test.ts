import { describe, expect, it } from "vitest";
import { engineContract } from "../../../test/support/engine-contract.ts";
import { ModelError } from "../../base/core/index.ts";
import { input, mul } from "../graph/index.ts";
import { writeOnnx } from "../onnx/index.ts";
import { nodeEngine } from "./node.ts";

describe("onnxruntime-node as an engine", () => {
  it.each(engineContract)("$name", ({ check }) => check(nodeEngine));

  it("refuses the path of a file that does not exist", async () => {
    await expect(nodeEngine.createSession("there-is-no-such-model.onnx", {})).rejects.toThrow(ModelError);
  });

  it("says that a session is closed, and closes it once", async () => {
    const x = input("x", "f32", [2]);
    const session = await nodeEngine.createSession(writeOnnx({ name: "twice", outputs: { y: mul(x, 2) } }), {});
    await session.close();
    await session.close();
    await expect(session.run({ x: { type: "f32", shape: [2], data: new Float32Array(2) } })).rejects.toThrow(
      new ModelError("model: it was closed before this call: open it again"),
    );
  });
});
