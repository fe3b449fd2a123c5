// Types of a program without the DOM library and without @types/node.
import { CosfaceError, type FaceVerification, openFaces, type TrainingOptions, verify } from "cosface";
import { rocCurve } from "cosface/eval";
import { gradients, input, mul, reduceSum, type Value } from "cosface/graph";
import { cosFaceRule } from "cosface/hypersphere";

export async function isSamePerson(a: Uint8Array, b: Uint8Array): Promise<boolean> {
  const faces = await openFaces();
  try {
    const verification: FaceVerification = await verify(a, b, { faces });
    return verification.same;
  } catch (error) {
    if (error instanceof CosfaceError && error.code === "COSFACE_FACE") return false;
    throw error;
  } finally {
    await faces.close();
  }
}

const x: Value = input("x", "f32", [2, 3]);
export const derivative = gradients(reduceSum(mul(x, x)), [x]);
export const rule = cosFaceRule(0.35);
export const options: Partial<TrainingOptions> = { network: "sphere4" };
export const curve = rocCurve({ genuine: Float32Array.of(0.8), impostor: Float32Array.of(0.1) });
// @ts-expect-error: a network is named by a text.
export const wrong: Partial<TrainingOptions> = { network: 4 };
