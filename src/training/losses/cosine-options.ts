/**
 * What every softmax loss on cosines can have beside its margin, written once:
 *
 * - Sub-centers: K class centers an identity, of which the nearest to an image counts and learns. Images under a wrong
 *   name gather at a center of their own and no longer pull the dominant one. Afterwards only the dominant center is
 *   kept, and images farther than 75° from it are listed (`strayImages`). The paper's K is 3.
 * - The interclass filter of PartialFC's code: a negative with a cosine above τ is taken for the same person under
 *   another name. Its logit becomes 0, so that it stays in the sum as e⁰, and no gradient passes. Common: τ = 0.4.
 *
 * @see Deng et al., Sub-center ArcFace, ECCV 2020.
 */
import { fixedSize, greater, isLabel, type Value, where } from "../../compiler/graph/index.ts";
import type { FaceLoss, LossScope } from "./loss.ts";
import type { LossSchema, ResolvedOptions } from "./loss-definition.ts";

/** The options, for the schema of a loss. */
export const cosineOptions = {
  subcenters: {
    doc: "K class centers an identity, of which the nearest counts; 3 for data with wrong labels",
    default: 1,
    minimum: 1,
    maximum: 100,
    isWhole: true,
  },
  filter: {
    doc: "τ, another identity with a higher cosine counts as the same person: logit 0; without it none does",
    minimum: 0,
    maximum: 1,
  },
} as const satisfies LossSchema;

/** Their values. */
export type CosineOptions = ResolvedOptions<typeof cosineOptions>;

type LossParts = Omit<FaceLoss, "name" | "options">;

/** A loss on the cosines of `subcenters` centers an identity, without the negatives beyond `filter`. */
export function onCosines({ subcenters, filter }: CosineOptions, loss: LossParts): LossParts {
  const { build, firstLoss } = loss;
  return {
    ...loss,
    build: (scope) => {
      if (subcenters > 1) scope.centers(subcenters);
      const terms = build(scope);
      if (filter === undefined || terms.logits === undefined) return terms;
      return { ...terms, logits: where(isSamePerson(scope, filter), 0, terms.logits) };
    },
    ...(firstLoss === undefined
      ? {}
      : {
          firstLoss: (sphere, margin) =>
            firstLoss(
              { ...sphere, centersPerIdentity: subcenters, ...(filter === undefined ? {} : { filter }) },
              margin,
            ),
        }),
  };
}

/** Whether another identity is nearer than the filter allows: bool[batch, identities]. */
function isSamePerson(scope: LossScope, filter: number): Value {
  const cosine = scope.cosines();
  const own = isLabel(scope.labels, fixedSize("filter", cosine.shape[1]));
  return greater(where(own, BELOW_ALL_COSINES, cosine), filter);
}

const BELOW_ALL_COSINES = -2;
