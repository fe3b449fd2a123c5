/**
 * A network in two forms, for few and for many images. Winograd's algorithm takes a quarter of the multiplications, but
 * four times as many weights have to be read from memory, which pays when they are used for many images: for 32 feature
 * maps of 14×12 with 256 channels it is twice as fast as ONNX Runtime's own convolution, and for one it is slower. The
 * size of the batch decides which form runs. The second form is made when the first large batch arrives.
 */
import { createSession, type Session, type SessionOptions, type Tensors } from "../../compiler/runtime/index.ts";
import { inferenceForms } from "./inference-form.ts";

/** Images from which the second form was measured to be faster in every network. */
const LARGE_BATCH = 8;

/** Opens an ONNX file whose input leaves the number of images open. */
export async function openByBatch(file: Uint8Array, options: SessionOptions): Promise<Pick<Session, "run" | "close">> {
  const forms = inferenceForms(file);
  const few = await createSession(forms.forFew, options);
  // Holds the file's weights, until a session holds them.
  let { forMany } = forms;
  if (forMany === undefined) return few;
  let many: Promise<Session> | undefined;
  return {
    run: async (inputs: Tensors) => {
      const isLarge = Object.values(inputs).some(({ shape: [count = 0] }) => count >= LARGE_BATCH);
      if (!isLarge) return few.run(inputs);
      if (forMany !== undefined) many = createSession(forMany(), options);
      forMany = undefined;
      return (await (many ?? few)).run(inputs);
    },
    close: async () => {
      await few.close();
      await (await many)?.close();
    },
  };
}
