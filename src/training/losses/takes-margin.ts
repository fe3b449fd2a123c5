import { input } from "../../compiler/graph/index.ts";
import { Scope } from "../nn/index.ts";
import type { FaceLoss } from "./loss.ts";
import { WholeLossScope } from "./whole-loss-scope.ts";

/** Whether a loss has a margin that can rise from 0 in training: whether its graph has the number `margin` as input. */
export function takesMargin(loss: FaceLoss): boolean {
  const scope = new WholeLossScope({
    embeddings: input("embeddings", "f32", [2, 2]),
    labels: input("labels", "i32", [2]),
    identityCount: 2,
    store: new Scope(true),
    hasStepInputs: true,
  });
  loss.build(scope);
  return scope.scalars.has("margin");
}
