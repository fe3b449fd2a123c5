/**
 * People of a data set that are not trained on, and pairs of their images: what a network does with people whom it has
 * never seen. Fine-tuning measures by them what is forgotten, where no other images are given for that.
 */
import { type Random, random } from "../../base/core/index.ts";
import { type FaceDataset, selectPeople, type VerificationPair, type VerificationSet } from "../../base/data/index.ts";

/** Genuine pairs in all, and as many impostor pairs. */
const MOST_PAIRS = 2000;
/** Genuine pairs of one person. */
const PAIRS_PER_PERSON = 20;
const FOLDS = 10;
/** With fewer, an accuracy in folds says nothing. */
const FEWEST_PEOPLE = 2 * FOLDS;

/** A data set in two: the people to train on, and pairs of the others. */
export type HeldOut = { readonly dataset: FaceDataset; readonly pairs: VerificationSet };

/**
 * Holds out a share of the people, drawn by the seed, at least 20; undefined where that would be more than half of
 * those with two images.
 */
export function holdOut(dataset: FaceDataset, share: number, seed: number): HeldOut | undefined {
  const stream = random(seed, "hold out");
  const images = Array.from({ length: dataset.identityCount }, (): number[] => []);
  for (const [index, label] of dataset.labels.entries()) images[label]?.push(index);
  const able = [...images.keys()].filter((label) => (images[label]?.length ?? 0) >= 2);
  const count = Math.max(FEWEST_PEOPLE, Math.round(share * dataset.identityCount));
  if (share === 0 || able.length < 2 * count) return undefined;
  shuffle(able, stream);
  const held = able.slice(0, count);
  const kept = new Set(images.keys());
  for (const label of held) kept.delete(label);
  return {
    dataset: selectPeople(dataset, kept),
    pairs: pairsOf(
      dataset,
      held.map((label) => images[label] ?? []),
      stream,
    ),
  };
}

/** Pairs of people's images; a person's genuine pairs are in one fold, with impostor pairs of the fold's people. */
function pairsOf(dataset: FaceDataset, people: readonly (readonly number[])[], stream: Random): VerificationSet {
  const perPerson = Math.min(PAIRS_PER_PERSON, Math.ceil(MOST_PAIRS / people.length));
  const indices: number[] = [];
  const slots = new Map<number, number>();
  const slotOf = (index: number): number => {
    const slot = slots.get(index) ?? indices.push(index) - 1;
    slots.set(index, slot);
    return slot;
  };
  const draw = (from: readonly number[]): number => from[stream.integer(from.length)] ?? 0;
  const pairs: VerificationPair[] = [];
  for (const [person, own] of people.entries()) {
    const fold = person % FOLDS;
    const others = people.filter((_, other) => other !== person && other % FOLDS === fold);
    for (let i = 0; i < Math.min(perPerson, (own.length * (own.length - 1)) / 2); i++) {
      const first = stream.integer(own.length);
      const second = (first + 1 + stream.integer(own.length - 1)) % own.length;
      const [left, right] = [slotOf(own[first] ?? 0), slotOf(own[second] ?? 0)];
      pairs.push({ left, right, same: true, fold });
      const other = others[stream.integer(others.length)] ?? own;
      pairs.push({ left: slotOf(draw(own)), right: slotOf(draw(other)), same: false, fold });
    }
  }
  return {
    imageCount: indices.length,
    foldCount: FOLDS,
    pairs,
    source: (index) => dataset.source(indices[index] ?? -1),
    read: async (index) => (await dataset.read(indices[index] ?? -1)).image,
  };
}

function shuffle(items: number[], stream: Random): void {
  for (let i = items.length - 1; i > 0; i--) {
    const other = stream.integer(i + 1);
    [items[i], items[other]] = [items[other] ?? 0, items[i] ?? 0];
  }
}
