import { mul } from "../../compiler/graph/index.ts";
import { chooseScale, expectedFirstLoss } from "../../measure/hypersphere/index.ts";
import { boundNotes } from "./bound-notes.ts";
import { PAPER_SCALE } from "./cosface.ts";
import { cosineOptions, onCosines } from "./cosine-options.ts";
import type { FaceLoss } from "./loss.ts";
import { defineLoss, type GivenOptions } from "./loss-definition.ts";

/** Scales for the comparison of losses: without a margin, a large one hurts. */
const COMPARED_SCALES = [10, 20, 30, 64] as const;

/** Normalized softmax loss. */
export const nslLoss = defineLoss({
  name: "nsl",
  title: "NSL",
  formula: "logit_j = s · cos θ_j",
  paper: "CosFace, Eq. 3: https://arxiv.org/abs/1801.09414; NormFace: https://arxiv.org/abs/1704.06369",
  options: {
    scale: {
      doc: "scale s of the logits; without a margin about 20 trains better than 64",
      default: PAPER_SCALE,
      exclusiveMinimum: 0,
      choose: (size) => {
        const { scale, reason } = chooseScale(size);
        return { value: scale, reason };
      },
    },
    ...cosineOptions,
  },
  compared: () => COMPARED_SCALES.map((scale) => ({ title: `NSL, s = ${scale}`, options: { scale } })),
  make: ({ scale, ...shared }) =>
    onCosines(shared, {
      scale,
      canSample: true,
      build: (scope) => ({ logits: mul(scope.cosines(), scale) }),
      firstLoss: (sphere) => expectedFirstLoss({ ...sphere, scale, margin: 0 }),
      notes: (size) => boundNotes(size, 0, scale),
    }),
});

/** Scale of `nsl`. */
export type NslOptions = GivenOptions<typeof nslLoss.options>;

/**
 * Normalized softmax loss: logit_j = s · cos θ_j, by default with s = 64. Without a margin about 20 trains better.
 *
 * @throws {OptionError} when `scale` is not positive.
 * @see CosFace, Eq. 3: https://arxiv.org/abs/1801.09414; NormFace: https://arxiv.org/abs/1704.06369
 */
export const nsl: (options?: NslOptions) => FaceLoss = nslLoss.create;
