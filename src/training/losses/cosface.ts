import { l2Norm, mul, oneHot, sub } from "../../compiler/graph/index.ts";
import { chooseMargin, chooseScale, expectedFirstLoss } from "../../measure/hypersphere/index.ts";
import { boundNotes } from "./bound-notes.ts";
import { cosineOptions, onCosines } from "./cosine-options.ts";
import type { FaceLoss } from "./loss.ts";
import { defineLoss, type GivenOptions } from "./loss-definition.ts";

/** The paper's m and s, the defaults of its losses. */
export const PAPER_MARGIN = 0.35;
export const PAPER_SCALE = 64;

/** Large margin cosine loss (LMCL). */
export const cosFaceLoss = defineLoss({
  name: "cosface",
  title: "CosFace",
  formula: "logit_j = s · (cos θ_j − m · [j = y])",
  paper: "Wang et al., CosFace, CVPR 2018, Eq. 4: https://arxiv.org/abs/1801.09414",
  options: {
    margin: {
      doc: "margin m, subtracted from the target's cosine",
      unit: "cosine",
      default: PAPER_MARGIN,
      minimum: 0,
      maximum: 2,
      choose: (size) => {
        const { margin, reason } = chooseMargin(size);
        return { value: margin, reason };
      },
    },
    scale: {
      doc: "scale s of the logits; 'norm': embeddings keep their norm, s = ‖x‖",
      default: PAPER_SCALE,
      exclusiveMinimum: 0,
      words: ["norm"],
      choose: (size, { margin = PAPER_MARGIN }) => {
        const { scale, reason } = chooseScale({ ...size, margin: Number(margin) });
        return { value: scale, reason };
      },
    },
    ...cosineOptions,
  },
  compared: (scale) => [{ title: "CosFace", options: { scale, margin: PAPER_MARGIN } }],
  make: ({ margin, scale, ...shared }) =>
    onCosines(shared, {
      margin,
      scale: scale === "norm" ? 1 : scale,
      cosineMargin: margin,
      canSample: true,
      build: (scope) => {
        const cosine = scope.cosines();
        return {
          logits: mul(
            sub(cosine, mul(oneHot(scope.labels, cosine), scope.margin(margin))),
            scale === "norm" ? l2Norm(scope.embeddings) : scale,
          ),
        };
      },
      ...(scale === "norm"
        ? {}
        : {
            firstLoss: (sphere, firstMargin) => expectedFirstLoss({ ...sphere, scale, margin: firstMargin }),
            notes: (size) => boundNotes(size, margin, scale),
          }),
    }),
});

/** Margin and scale of `cosFace`. */
export type CosFaceOptions = GivenOptions<typeof cosFaceLoss.options>;

/**
 * Large margin cosine loss (LMCL): logit_j = s · (cos θ_j − m · [j = label]), by default with m = 0.35 and s = 64.
 *
 * The two-class boundaries cos θ₁ = cos θ₂ ± m leave a band of width √2·m between the classes, the same at
 * every angle.
 *
 * @throws {OptionError} when `margin` is outside [0, 2], or `scale` neither positive nor "norm".
 * @see Wang et al., CosFace, CVPR 2018, Eq. 4: https://arxiv.org/abs/1801.09414
 */
export const cosFace: (options?: CosFaceOptions) => FaceLoss = cosFaceLoss.create;
