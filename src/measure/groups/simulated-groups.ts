/**
 * People for tests of rates by group, whose true rates have a closed form. An embedding lies on the unit circle, at the
 * angle of its person plus the noise of its image. The angles of the people of a group are normal around the group's
 * direction with the deviation `spread`, so that people near the direction resemble many others, as common faces do;
 * the noise is normal with the deviation `noise`, for half of the people, and twice that for the others.
 *
 * The angle between two images is then normal too, wrapped around the circle, and a pair is accepted when it is at most
 * t: P = Σ_k Φ((2πk + t − μ)/σ) − Φ((2πk − t − μ)/σ).
 */
import { random } from "../../base/core/index.ts";
import type { LabeledEmbeddings } from "../eval/index.ts";
import type { PeopleGroups } from "./group-decisions.ts";

/** How the people of a group are drawn; angles in radians. */
export type SimulatedGroup = {
  readonly direction: number;
  readonly spread: number;
  readonly noise: number;
  readonly personCount: number;
};

/** Images of the people of some groups, in order of their people. */
export function simulateGroups(
  seed: number,
  drawn: readonly SimulatedGroup[],
  imagesPerPerson: number,
): { readonly labeled: LabeledEmbeddings; readonly groups: PeopleGroups } {
  const stream = random(seed, "simulated groups");
  const groupOf = drawn.flatMap(({ personCount }, group) => new Array<number>(personCount).fill(group));
  const count = groupOf.length * imagesPerPerson;
  const data = new Float32Array(2 * count);
  for (const [person, group] of groupOf.entries()) {
    const { direction = 0, spread = 1, noise = 1 } = drawn[group] ?? {};
    const own = stream.normal(direction, spread);
    const deviation = stream.uniform() < 0.5 ? noise : 2 * noise;
    for (let image = 0; image < imagesPerPerson; image++) {
      const angle = stream.normal(own, deviation);
      data.set([Math.cos(angle), Math.sin(angle)], 2 * (person * imagesPerPerson + image));
    }
  }
  const identities = Uint32Array.from({ length: count }, (_, row) => Math.floor(row / imagesPerPerson));
  return {
    labeled: { embeddings: { count, size: 2, data }, identities },
    groups: { names: drawn.map((_, group) => `group ${group + 1}`), groupOf },
  };
}

/** The true FNMR of a group at a threshold. */
export function trueFnmr({ noise }: SimulatedGroup, threshold: number): number {
  const accepted = [noise, 2 * noise].map((deviation) => acceptedShare(0, Math.SQRT2 * deviation, threshold));
  return 1 - mean(accepted);
}

/** The true FMR between people of two groups, or of one, at a threshold. */
export function trueFmr(first: SimulatedGroup, second: SimulatedGroup, threshold: number): number {
  const deviations = [1, 2].flatMap((a) =>
    [1, 2].map((b) => Math.hypot(first.spread, second.spread, a * first.noise, b * second.noise)),
  );
  const between = first.direction - second.direction;
  return mean(deviations.map((deviation) => acceptedShare(between, deviation, threshold)));
}

/** P(|angle| ≤ arccos threshold) for a wrapped normal angle. */
function acceptedShare(center: number, deviation: number, threshold: number): number {
  const limit = Math.acos(threshold);
  let share = 0;
  for (let turn = -8; turn <= 8; turn++) {
    const middle = 2 * Math.PI * turn - center;
    share += normalShare((middle + limit) / deviation) - normalShare((middle - limit) / deviation);
  }
  return share;
}

/** Φ(x), by Simpson's rule on the density from 0 to |x|: its error is below 1e-10 in [−9, 9]. */
function normalShare(x: number): number {
  const end = Math.min(9, Math.abs(x));
  const steps = 400;
  const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(end);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * density((end * i) / steps);
  return 0.5 + (Math.sign(x) * sum * end) / steps / 3;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
