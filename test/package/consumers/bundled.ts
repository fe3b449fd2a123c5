// A program that is bundled: prints a loss, which the runtime computes, and a bound, which needs none.
import { evaluateLoss } from "cosface";
import { marginUpperBound } from "cosface/hypersphere";

const { loss } = await evaluateLoss({
  loss: { name: "cosface", scale: 64, margin: 0.35 },
  embeddings: [[0.2, 0.9]],
  centers: [
    [0, 1],
    [1, 0],
  ],
  labels: [0],
});
console.log(JSON.stringify({ loss, bound: marginUpperBound({ identities: 2, dimension: 2 }) }));
