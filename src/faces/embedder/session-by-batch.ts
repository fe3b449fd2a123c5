/**
 * A network for few and for many pictures. Winograd's algorithm takes a quarter of the multiplications, and its weights,
 * which are four times as many, are worth their way from memory when they meet many pictures: for 32 pictures of 14×12
 * with 256 channels it is twice as fast as ONNX Runtime's own convolution, and for one it is slower. So there are two forms
 * of a network, and the batch says which one runs. The second is made when the first large batch comes.
 */
import { createSession, type Session, type SessionOptions, type Tensors } from "../../compiler/runtime/index.ts";
import { inferenceForms } from "./inference-form.ts";

/** Pictures from which the second form was found faster in every network. */
const LARGE_BATCH = 8;

/** Opens an ONNX file whose input leaves the number of pictures open. */
export async function openByBatch(file: Uint8Array, options: SessionOptions): Promise<Pick<Session, "run" | "close">> {
  const forms = inferenceForms(file);
  const few = await createSession(forms.forFew, options);
  // Holds the file's weights, until there is a session that holds them.
  let { forMany } = forms;
  if (forMany === undefined) return few;
  let many: Promise<Session> | undefined;
  return {
    run: async (inputs: Tensors) => {
      const isLarge = Object.values(inputs).some(({ shape }) => shape[0]! >= LARGE_BATCH);
      if (!isLarge) return few.run(inputs);
      if (forMany !== undefined) many = createSession(forMany(), options);
      forMany = undefined;
      return (await many!).run(inputs);
    },
    close: async () => {
      await few.close();
      await (await many)?.close();
    },
  };
}
