/**
 * Which of an identity's class centers is its dominant one. Training with several centers an identity keeps for each
 * the share of the identity's latest images that were nearest to it. With n images of an identity in a batch, of which
 * w were nearest to a center, that center's share p becomes (p + rate · w) / (1 + rate · n); the shares of an
 * identity add up to 1, and those of identities without an image in the batch stay as they are.
 */
import {
  add,
  cast,
  constant,
  div,
  equal,
  greater,
  matmul,
  mul,
  oneHot,
  reduceSum,
  reshape,
  type Value,
  where,
} from "../../compiler/graph/index.ts";
import { at } from "./results.ts";
import { cosinesByCenter, type EmbeddingsAndCenters, targetEntry } from "./target.ts";

/** Name of the shares among the statistics: f32[identities, perIdentity]. */
export const CENTER_SHARES = "centerShares";

/** About the last ten images of an identity count. */
const RATE = 0.1;

type LabelledCenters = EmbeddingsAndCenters & { readonly labels: Value };

/**
 * Which of its identity's centers each sample is nearest to: f32[batch, 1], the first of equally near ones, and 0 for a
 * sample whose identity is not among the columns.
 */
export function nearestOwnIndex({ labels, ...given }: LabelledCenters, perIdentity: number): Value {
  const [first, ...others] = cosinesByCenter(given, perIdentity).map((cosine) => targetEntry(cosine, labels));
  if (first === undefined) return constant(new Float32Array(1), [1, 1]);
  let [highest, index] = [first, mul(first, 0)];
  for (const [k, cosine] of others.entries()) {
    const isNearer = greater(cosine, highest);
    highest = where(isNearer, cosine, highest);
    index = where(isNearer, k + 1, index);
  }
  return index;
}

/** The shares after a batch. */
export function nextShares(before: Value, given: LabelledCenters, perIdentity: number, identityCount: number): Value {
  const indices = constant(
    Float32Array.from({ length: perIdentity }, (_, k) => k),
    [1, perIdentity],
  );
  const isNearest = cast(equal(nearestOwnIndex(given, perIdentity), indices), "f32");
  const isOwn = oneHot(given.labels, constant(new Float32Array(identityCount), [1, identityCount]));
  const wins = matmul(isOwn, isNearest, { transposeA: true });
  const counts = reshape(reduceSum(isOwn, { axes: [0] }), [identityCount, 1]);
  return div(add(before, mul(wins, RATE)), add(mul(counts, RATE), 1));
}

/**
 * The same in place, for shares that are kept outside the graph.
 *
 * @param labels of a batch.
 * @param nearest which of its identity's centers each of its samples is nearest to.
 */
export function updateShares(
  shares: Float32Array,
  perIdentity: number,
  labels: Int32Array,
  nearest: ArrayLike<number>,
): void {
  const seen = new Map<number, number>();
  for (const [i, label] of labels.entries()) {
    seen.set(label, (seen.get(label) ?? 0) + 1);
    const index = label * perIdentity + (nearest[i] ?? 0);
    shares[index] = at(shares, index) + RATE;
  }
  for (const [label, count] of seen) {
    for (let index = label * perIdentity; index < (label + 1) * perIdentity; index++) {
      shares[index] = at(shares, index) / (1 + RATE * count);
    }
  }
}

/** The index of each identity's dominant center among its own, the first of equal ones. */
export function dominantCenters(shares: Float32Array, perIdentity: number): Uint32Array {
  return Uint32Array.from({ length: shares.length / perIdentity }, (_, identity) => {
    const own = shares.subarray(identity * perIdentity, (identity + 1) * perIdentity);
    return own.indexOf(own.reduce((highest, share) => Math.max(highest, share)));
  });
}
