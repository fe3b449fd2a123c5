/**
 * A loss's logits as curves over the target's angle: the target's center is (1, 0), the embedding turns away from it.
 */
import { input } from "../src/compiler/graph/index.ts";
import { compile, runOn, type Tensor } from "../src/compiler/runtime/index.ts";
import { type FaceLoss, WholeLossScope } from "../src/training/losses/index.ts";
import { Scope } from "../src/training/nn/index.ts";

/** Values of margin and λ that are given to the graph when it runs, as in training. */
export type Warming = { readonly margin?: number; readonly lambda?: number };

/** Logits [target, other] of unit embeddings at each angle in radians; the other center is (0, 1). */
export async function logitsAt(
  loss: FaceLoss,
  angles: readonly number[],
  warming?: Warming,
): Promise<{ target: number; other: number }[]> {
  const scope = new WholeLossScope({
    embeddings: input("embeddings", "f32", [angles.length, 2]),
    labels: input("labels", "i32", [angles.length]),
    identityCount: 2,
    store: new Scope(true),
    hasStepInputs: warming !== undefined,
  });
  const { logits } = loss.build(scope);
  if (logits === undefined) throw new Error(`${loss.name} has no logits`);
  const { session } = await compile({ name: "logits", outputs: { logits } }, { measure: false, threads: 1 });
  try {
    const scalars = [...scope.scalars].map(([name, { final }]): [string, Tensor] => [
      name,
      { type: "f32", shape: [], data: Float32Array.of({ ...warming }[name as keyof Warming] ?? final) },
    ]);
    const { logits: result } = await runOn(session, {
      embeddings: {
        type: "f32",
        shape: [angles.length, 2],
        data: Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)])),
      },
      centers: { type: "f32", shape: [2, 2], data: Float32Array.of(1, 0, 0, 1) },
      labels: { type: "i32", shape: [angles.length], data: new Int32Array(angles.length) },
      ...Object.fromEntries(scalars),
    });
    return angles.map((_, i) => ({
      target: result!.data[2 * i] as number,
      other: result!.data[2 * i + 1] as number,
    }));
  } finally {
    await session.close();
  }
}

/** Angles from 0 to π, evenly. */
export function angleGrid(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (Math.PI * i) / (count - 1));
}
