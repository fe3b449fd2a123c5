/**
 * Arrangements of class centers that are known to be the best possible.
 *
 * A spherical code is *universally optimal* when it has the least energy Σ f(⟨u, v⟩) for every f with non-negative
 * derivatives of all orders. Two such f matter here. A steep power picks out the largest cosine, so the code leaves the
 * largest margin. And f(t) = e^{s·t} is what the softmax denominator of a class center adds up, so no other arrangement
 * gives its worst center a higher posterior at any scale: the worst of C sums is at least their mean, and in these
 * codes all sums are equal. Hence "exact" below means proved, not merely found.
 *
 * @see Cohn and Kumar, Universally optimal distribution of points on spheres, J. AMS 20 (2007), Table 1.
 */

/** The other centers as one center sees them: `count` of them at the cosine 1 − `gap`. */
export type NeighborShell = { readonly gap: number; readonly count: number };

/** A universally optimal arrangement of class centers. */
export type OptimalCode = {
  readonly name: "circle" | "simplex" | "orthoplex" | "sharp-code";
  /** Shells from near to far; their counts sum to identities − 1. */
  readonly shells: readonly NeighborShell[];
};

const GOLDEN = (1 + Math.sqrt(5)) / 4;

/** Dimension, then the cosines and their counts, from near to far: the icosahedron, 600-cell, …, E8 and Leech roots. */
const SHARP_CODES: readonly (readonly [dimension: number, shells: readonly (readonly [number, number])[]])[] = [
  [3, mirrored([[1 / Math.sqrt(5), 5]], 0)],
  [4, mirrored([[GOLDEN, 12], [1 / 2, 20], [GOLDEN - 1 / 2, 12]], 30)], // biome-ignore format: a row of a table
  [5, [[1 / 5, 10], [-3 / 5, 5]]], // biome-ignore format: a row of a table
  [6, [[1 / 4, 16], [-1 / 2, 10]]], // biome-ignore format: a row of a table
  [7, mirrored([[1 / 3, 27]], 0)],
  [8, mirrored([[1 / 2, 56]], 126)],
  [24, mirrored([[1 / 2, 4600], [1 / 4, 47104]], 93150)], // biome-ignore format: a row of a table
];

/** The universally optimal arrangement of `identities` centers in `dimension` dimensions, or null if none is known. */
export function optimalCode(identities: number, dimension: number): OptimalCode | null {
  if (identities <= dimension + 1) {
    return { name: "simplex", shells: [{ gap: identities / (identities - 1), count: identities - 1 }] };
  }
  if (dimension === 2) return { name: "circle", shells: circleShells(identities) };
  if (identities === 2 * dimension) {
    return { name: "orthoplex", shells: shellsOf([[0, 2 * dimension - 2], [-1, 1]]) }; // biome-ignore format: two shells
  }
  for (const [codeDimension, cosines] of SHARP_CODES) {
    const shells = shellsOf(cosines);
    if (codeDimension === dimension && shells.reduce((sum, { count }) => sum + count, 1) === identities) {
      return { name: "sharp-code", shells };
    }
  }
  return null;
}

/** The regular polygon. 1 − cos φ = 2 sin²(φ/2) keeps its digits where a million centers share the circle. */
function circleShells(identities: number): NeighborShell[] {
  return Array.from({ length: Math.floor(identities / 2) }, (_, i) => ({
    gap: 2 * Math.sin((Math.PI * (i + 1)) / identities) ** 2,
    count: 2 * (i + 1) === identities ? 1 : 2,
  }));
}

/** The shells of a code that holds −v with every v: each shell again at the opposite cosine, and the antipode. */
function mirrored(near: readonly (readonly [number, number])[], orthogonalCount: number): [number, number][] {
  const far = near.map(([cosine, count]): [number, number] => [-cosine, count]).reverse();
  const middle: [number, number][] = orthogonalCount > 0 ? [[0, orthogonalCount]] : [];
  return [...near.map(([cosine, count]): [number, number] => [cosine, count]), ...middle, ...far, [-1, 1]];
}

function shellsOf(cosines: readonly (readonly [number, number])[]): NeighborShell[] {
  return cosines.map(([cosine, count]) => ({ gap: 1 - cosine, count }));
}
