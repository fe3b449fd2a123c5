/**
 * Arrangements of class centers that are proved to be optimal.
 *
 * A spherical code is *universally optimal* when it has the least energy Σ f(⟨u, v⟩) for every f with non-negative
 * derivatives of all orders. Two such f matter here. A steep power selects the largest cosine, so the code allows the
 * largest margin. And f(t) = e^{s·t} is the term of a softmax denominator, so no other arrangement gives its worst
 * center a higher posterior at any scale: the worst of C sums is at least their mean, and in these codes all sums are
 * equal. Hence "exact" in this folder means proved.
 *
 * @see Cohn and Kumar, Universally optimal distribution of points on spheres, J. AMS 20 (2007), Table 1.
 */

import { InternalError } from "../../base/core/index.ts";

/** Centers at the same distance from one center: `count` of them at the cosine 1 − `gap`. */
export type NeighborShell = { readonly gap: number; readonly count: number };

/** A universally optimal arrangement of class centers. */
export type OptimalCode = {
  readonly name: "circle" | "simplex" | "orthoplex" | "known-code";
  /** 1 − the largest cosine between two of its vectors. */
  readonly nearestGap: number;
  /** Shells from near to far; their counts sum to identities − 1. */
  readonly shells: Iterable<NeighborShell>;
};

const GOLDEN = (1 + Math.sqrt(5)) / 4;

/**
 * Dimension, then the cosines and their counts, from near to far: the icosahedron, the 600-cell, the half cube,
 * Schläfli's and Gosset's polytopes, the roots of E8 and the shortest vectors of Leech's lattice.
 */
const KNOWN_CODES: readonly (readonly [dimension: number, shells: readonly (readonly [number, number])[]])[] = [
  [3, mirrored([[1 / Math.sqrt(5), 5]], 0)],
  [4, mirrored([[GOLDEN, 12], [1 / 2, 20], [GOLDEN - 1 / 2, 12]], 30)], // biome-ignore format: a row of a table
  [5, [[1 / 5, 10], [-3 / 5, 5]]], // biome-ignore format: a row of a table
  [6, [[1 / 4, 16], [-1 / 2, 10]]], // biome-ignore format: a row of a table
  [7, mirrored([[1 / 3, 27]], 0)],
  [8, mirrored([[1 / 2, 56]], 126)],
  [24, mirrored([[1 / 2, 4600], [1 / 4, 47104]], 93150)], // biome-ignore format: a row of a table
];

/** The universally optimal arrangement of `identities` centers in `dimension` dimensions, or null if it is unknown. */
export function optimalCode(identities: number, dimension: number): OptimalCode | null {
  if (identities <= dimension + 1) {
    return codeOf("simplex", [{ gap: identities / (identities - 1), count: identities - 1 }]);
  }
  if (dimension === 2) return codeOf("circle", circleShells(identities));
  if (identities === 2 * dimension) return codeOf("orthoplex", shellsOf(mirrored([], 2 * dimension - 2)));
  for (const [codeDimension, cosines] of KNOWN_CODES) {
    if (codeDimension === dimension && cosines.reduce((sum, [, count]) => sum + count, 1) === identities) {
      return codeOf("known-code", shellsOf(cosines));
    }
  }
  return null;
}

function codeOf(name: OptimalCode["name"], shells: Iterable<NeighborShell>): OptimalCode {
  const [nearest] = shells;
  if (nearest === undefined) throw new InternalError(`internal: a code of kind ${name} without shells`);
  return { name, nearestGap: nearest.gap, shells };
}

/**
 * The regular polygon. 1 − cos φ = 2 sin²(φ/2) stays precise with a million centers on the circle. Only near
 * shells matter then, so shells are generated on demand.
 */
function circleShells(identities: number): Iterable<NeighborShell> {
  return {
    *[Symbol.iterator]() {
      for (let i = 1; 2 * i <= identities; i++) {
        yield { gap: 2 * Math.sin((Math.PI * i) / identities) ** 2, count: 2 * i === identities ? 1 : 2 };
      }
    },
  };
}

/** The shells of a code that contains −v with every v: each shell also at the opposite cosine, and the antipode. */
function mirrored(near: readonly [number, number][], orthogonalCount: number): [number, number][] {
  const far = near.map(([cosine, count]): [number, number] => [-cosine, count]).reverse();
  const middle: [number, number][] = orthogonalCount > 0 ? [[0, orthogonalCount]] : [];
  return [...near, ...middle, ...far, [-1, 1]];
}

function shellsOf(cosines: readonly (readonly [number, number])[]): NeighborShell[] {
  return cosines.map(([cosine, count]) => ({ gap: 1 - cosine, count }));
}
