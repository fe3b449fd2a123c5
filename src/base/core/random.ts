import { textHash } from "./text-hash.ts";

/**
 * Seeded random numbers. The same seed gives the same numbers on every machine, and a stream can be split by keys
 * (`random(seed, "shuffle", epoch)`), so that the draws of one part of a program never shift those of another.
 */
export interface Random {
  /** A float in [low, high), by default [0, 1). */
  uniform(low?: number, high?: number): number;
  /** A whole number in [0, count). */
  integer(count: number): number;
  /** A float from the normal distribution, by default N(0, 1). */
  normal(mean?: number, standardDeviation?: number): number;
  /** A random permutation of 0 … count − 1. */
  permutation(count: number): Uint32Array;
}

/** Random numbers for a seed and any number of keys that name their use. */
export function random(seed: number, ...keys: readonly (number | string)[]): Random {
  return new Sfc32(textHash([seed, ...keys].join("\u0000")));
}

/** Chris Doty-Humphrey's sfc32 (PractRand): 128 bits of state, passes BigCrush, a few integer operations a number. */
class Sfc32 implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;
  #spareNormal: number | undefined;

  constructor([a, b, c, counter]: [number, number, number, number]) {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#counter = counter;
    for (let i = 0; i < 15; i++) this.#next();
  }

  #next(): number {
    const t = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  uniform(low = 0, high = 1): number {
    const unit = (this.#next() * 0x200000 + (this.#next() >>> 11)) / 2 ** 53;
    return low + (high - low) * unit;
  }

  integer(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** Marsaglia's polar method: two normals from one accepted point of the unit disk. */
  normal(mean = 0, standardDeviation = 1): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return mean + standardDeviation * spare;
    }
    for (;;) {
      const x = this.uniform(-1, 1);
      const y = this.uniform(-1, 1);
      const squared = x * x + y * y;
      if (squared > 0 && squared < 1) {
        const factor = Math.sqrt((-2 * Math.log(squared)) / squared);
        this.#spareNormal = y * factor;
        return mean + standardDeviation * x * factor;
      }
    }
  }

  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const [held, other] = [order[i], order[j]];
      if (held === undefined || other === undefined) continue;
      order[i] = other;
      order[j] = held;
    }
    return order;
  }
}
