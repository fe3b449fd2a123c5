/**
 * The pairs that a network gets most wrong: genuine pairs with the lowest scores and impostor pairs with the highest.
 * An image is shown in one pair of a kind alone, its worst, because one mislabeled photograph makes a bad pair with
 * every photograph of its folder.
 */
import { CosineScan, type LabeledEmbeddings, type ScoredRow } from "../../measure/eval/index.ts";

/** Two rows of embeddings and their cosine. */
export type ScoredPair = { readonly left: number; readonly right: number; readonly score: number };

/**
 * An image that resembles another person more than any image of its own: its label may be wrong. The difference of the
 * two scores says how much.
 */
export type DoubtfulLabel = { readonly row: number; readonly own: ScoredRow; readonly other: ScoredRow };

/** The worst pairs of each kind, worst first, and the labels in doubt, the most doubtful first. */
export type HardPairs = {
  readonly labels: readonly DoubtfulLabel[];
  readonly genuine: readonly ScoredPair[];
  readonly impostor: readonly ScoredPair[];
};

/** Pairs collected for each one that is wanted: many of the worst share an image. */
const COLLECTED = 50;

/**
 * Compares all pairs of images.
 *
 * @param count pairs of each kind.
 * @param threshold a label is in doubt only if the other person reaches this score, and the own person does not.
 */
export function hardPairs(
  { embeddings, identities }: LabeledEmbeddings,
  count: number,
  threshold: number | undefined,
): HardPairs {
  const scan = new CosineScan("embeddings", embeddings);
  const genuine = new LowestPairs(COLLECTED * count);
  const impostor = new LowestPairs(COLLECTED * count);
  const own = new BestMatches(embeddings.count);
  const other = new BestMatches(embeddings.count);
  for (let left = 0; left < embeddings.count; left++) {
    const scores = scan.cosines(scan, left, left + 1);
    for (let i = 0; i < scores.length; i++) {
      const [score = 0, right] = [scores[i], left + 1 + i];
      if (identities[left] === identities[right]) {
        genuine.add(score, left, right);
        own.add(score, left, right);
      } else {
        impostor.add(-score, left, right);
        other.add(score, left, right);
      }
    }
  }
  const highest = impostor.pairs().map(({ score, ...rows }) => ({ ...rows, score: -score }));
  return {
    labels: doubtfulLabels(scan, identities, { own, other }, threshold, count),
    genuine: withoutSharedImages(genuine.pairs(), count),
    impostor: withoutSharedImages(highest, count),
  };
}

/**
 * The labels in doubt, one after another: once an image is in doubt it no longer speaks for its person, so that the
 * only other image of a folder is not doubted because of a wrong one beside it.
 */
function doubtfulLabels(
  scan: CosineScan,
  identities: ArrayLike<number>,
  { own, other }: { readonly own: BestMatches; readonly other: BestMatches },
  threshold: number | undefined,
  count: number,
): DoubtfulLabel[] {
  const labels: DoubtfulLabel[] = [];
  const inDoubt = new Set<number>();
  const nearest = [...own.matches];
  while (labels.length < count) {
    let worst: DoubtfulLabel | undefined;
    for (const [row, match] of nearest.entries()) {
      const another = other.matches[row];
      if (match === undefined || another === undefined || inDoubt.has(row)) continue;
      if (
        threshold === undefined ? match.score >= another.score : match.score >= threshold || another.score < threshold
      )
        continue;
      const label = { row, own: match, other: another };
      if (worst === undefined || another.score - match.score > worst.other.score - worst.own.score) worst = label;
    }
    if (worst === undefined) break;
    labels.push(worst);
    inDoubt.add(worst.row);
    for (const [row, match] of nearest.entries()) {
      if (match?.row === worst.row) nearest[row] = nearestOwn(scan, identities, row, inDoubt);
    }
  }
  return labels;
}

/** The most alike image of the same person that is not in doubt; undefined without one. */
function nearestOwn(
  scan: CosineScan,
  identities: ArrayLike<number>,
  row: number,
  inDoubt: ReadonlySet<number>,
): ScoredRow | undefined {
  let best: ScoredRow | undefined;
  for (let other = 0; other < identities.length; other++) {
    if (other === row || identities[other] !== identities[row] || inDoubt.has(other)) continue;
    const [score = -1] = scan.cosines(scan, row, other, other + 1);
    if (best === undefined || score > best.score) best = { row: other, score };
  }
  return best;
}

/** For each row the other row with the highest score among the pairs added. */
class BestMatches {
  readonly matches: (ScoredRow | undefined)[];

  constructor(count: number) {
    this.matches = new Array<ScoredRow | undefined>(count).fill(undefined);
  }

  add(score: number, left: number, right: number): void {
    if (score > (this.matches[left]?.score ?? -2)) this.matches[left] = { row: right, score };
    if (score > (this.matches[right]?.score ?? -2)) this.matches[right] = { row: left, score };
  }
}

/** Of each pair, the first that has no image of an earlier one. */
function withoutSharedImages(pairs: readonly ScoredPair[], count: number): ScoredPair[] {
  const used = new Set<number>();
  const kept: ScoredPair[] = [];
  for (const pair of pairs) {
    if (kept.length === count) break;
    if (used.has(pair.left) || used.has(pair.right)) continue;
    used.add(pair.left).add(pair.right);
    kept.push(pair);
  }
  return kept;
}

/** Keeps the pairs with the lowest scores. */
class LowestPairs {
  readonly #wanted: number;
  #pairs: ScoredPair[] = [];
  #ceiling = Number.POSITIVE_INFINITY;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  add(score: number, left: number, right: number): void {
    if (score > this.#ceiling) return;
    this.#pairs.push({ left, right, score });
    if (this.#pairs.length >= 4 * this.#wanted) this.#cut();
  }

  /** In rising order of their scores. */
  pairs(): readonly ScoredPair[] {
    this.#cut();
    return this.#pairs;
  }

  #cut(): void {
    this.#pairs = this.#pairs
      .sort((a, b) => a.score - b.score || a.left - b.left || a.right - b.right)
      .slice(0, this.#wanted);
    if (this.#pairs.length === this.#wanted) this.#ceiling = this.#pairs.at(-1)?.score ?? this.#ceiling;
  }
}
