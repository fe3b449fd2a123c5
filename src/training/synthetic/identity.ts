import {
  type Random,
  random,
  requireBetween,
  requireInteger,
  requireKind,
  requireObject,
} from "../../base/core/index.ts";
import { clamp } from "./arithmetic.ts";

/**
 * The identity of a synthetic person, the same in every image: about fifty continuous parameters, most of them lengths
 * in centimeters on a head whose eyes lie on the line y = 0. The means of the ranges give a face whose five landmarks
 * fit the alignment template, so an aligned crop shows how a person differs from that mean.
 */

/** Lowest and highest value of every continuous parameter of an {@link Identity}. */
export const identityRanges = {
  /** Half width of the head at the forehead, cm. */
  foreheadWidth: [6.4, 7.8],
  /** Half width at the cheekbones, cm. */
  cheekWidth: [6.6, 8.0],
  /** Half width at the angle of the jaw, cm. */
  jawWidth: [5.0, 7.0],
  /** Half width at the chin, cm. */
  chinWidth: [3.2, 5.6],
  /** Distance from the eye line down to the chin, cm. */
  chinDrop: [10.9, 12.7],
  /** Protrusion of the chin, cm. */
  chinProminence: [0.1, 1.1],
  /** Protrusion of the cheekbones, cm. */
  cheekbones: [0.1, 0.9],
  /** 0 light to 1 dark. */
  skinDarkness: [0, 1],
  /** −1 pinkish to 1 olive. */
  skinUndertone: [-1, 1],
  /** Redness of cheeks and nose, 0–1. */
  blush: [0, 1],
  /** Half the distance between the eyes' centers, cm. */
  eyeSpacing: [2.85, 3.45],
  /** Half width of an eye's opening, cm. */
  eyeWidth: [1.35, 1.85],
  /** Height of the upper lid's edge over the eye's center, cm. */
  eyeOpening: [0.5, 0.95],
  /** Rise from the inner to the outer corner, cm per cm. */
  eyeTilt: [-0.14, 0.22],
  /** Position of the highest point of the upper lid: −1 near the nose, 1 near the temple. */
  eyeSkew: [-0.5, 0.5],
  /** Radius of the iris, cm. */
  irisRadius: [0.55, 0.72],
  /** Color of the iris: 0 blue, 0.3 green, 0.6 hazel, 1 dark brown. */
  irisColor: [0, 1],
  /** Depth of the eye sockets, cm. */
  eyeDepth: [0.2, 0.9],
  /** Distance of the lid's crease from the lid's edge, cm. */
  lidCrease: [0.08, 0.42],
  /** Darkness of the lashes, 0–1. */
  lashes: [0.35, 1],
  /** Height of the brow over the eye, cm. */
  browHeight: [1.35, 2.3],
  /** Half length of a brow, cm. */
  browLength: [1.6, 2.5],
  /** Thickness of a brow, cm. */
  browThickness: [0.22, 0.85],
  /** Rise of the middle of a brow over its ends, cm. */
  browArch: [0, 0.65],
  /** Rise of the outer end of a brow over the inner one, cm. */
  browTilt: [-0.35, 0.4],
  /** Opacity of the brows, 0–1. */
  browDensity: [0.45, 0.95],
  /** Distance from the eye line down to the tip of the nose, cm. */
  noseLength: [3.15, 4.05],
  /** Half width of the nose at its wings, cm. */
  noseWidth: [1.25, 2.2],
  /** Half width of the bridge, cm. */
  bridgeWidth: [0.7, 1.3],
  /** Protrusion of the bridge between the eyes, cm. */
  bridgeHeight: [0.1, 0.8],
  /** Protrusion of the tip, cm. */
  noseHeight: [1.3, 2.5],
  /** Convexity of the profile of the nose: −1 snub, 1 hooked. */
  noseHump: [-1, 1],
  /** Distance from the eye line down to the corners of the mouth, cm. */
  mouthDrop: [6.8, 7.7],
  /** Half width of the mouth, cm. */
  mouthWidth: [2.15, 3.1],
  /** Thickness of the upper lip, cm. */
  upperLip: [0.25, 0.85],
  /** Thickness of the lower lip, cm. */
  lowerLip: [0.4, 1.1],
  /** Depth of the notch in the upper lip, 0–1. */
  cupidBow: [0, 1],
  /** Rise of the corners of the mouth over its middle, at rest, cm. */
  mouthCurve: [-0.15, 0.4],
  /** 0 skin color to 1 deep red. */
  lipRedness: [0, 1],
  /** Height of the hairline over the eye line, cm. */
  hairline: [4.6, 7.6],
  /** Recession of the hairline over the temples, cm. */
  hairRecession: [0, 1.7],
  /** Depth of the peak in the middle of the hairline, cm. */
  widowsPeak: [0, 0.8],
  /** Hair over the forehead: 0 none, 1 down to the brows. */
  fringe: [0, 1],
  /** Thickness of the hair on the head, cm; below about 0.3 it looks shaved. */
  hairThickness: [0.05, 1.7],
  /** Length of the hair beside the face, cm below the eye line. */
  hairLength: [-0.5, 15],
  /** Side of the parting, −1 left to 1 right. */
  hairPart: [-1, 1],
  /** Curliness of the hair, 0–1. */
  hairCurl: [0, 1],
  /** 0 blond to 1 black. */
  hairDarkness: [0, 1],
  /** Redness of the hair, 0–1. */
  hairRedness: [0, 1],
  /** Share of gray hair, 0–1. */
  hairGray: [0, 1],
  /** Density of the beard, 0–1. */
  beard: [0, 1],
  /** Density of the moustache, 0–1. */
  moustache: [0, 1],
  /** Upper end of the beard on the cheeks, cm below the eye line. */
  beardLine: [4.2, 7.5],
  /** Size of the ears, relative to the mean. */
  earSize: [0.8, 1.25],
  /** Protrusion of the ears, cm. */
  earProtrusion: [0, 0.9],
  /** Density of freckles, 0–1. */
  freckles: [0, 1],
  /** Depth of wrinkles, 0–1. */
  wrinkles: [0, 1],
  /** Bags and shade under the eyes, 0–1. */
  eyeBags: [0, 1],
  /** Half width of the neck, cm. */
  neckWidth: [4.6, 6.4],
  /** 0 never wears glasses to 1 nearly always. */
  glassesHabit: [0, 1],
} as const satisfies Record<string, readonly [low: number, high: number]>;

/** A mole: its position on the face in cm (y up, eye line at 0), its radius in cm and its darkness in 0–1. */
export type Mole = { readonly x: number; readonly y: number; readonly radius: number; readonly darkness: number };

/** Name of a continuous parameter. */
export type IdentityParameter = keyof typeof identityRanges;

/** A synthetic person, as plain numbers that can be stored as JSON. Ranges are in {@link identityRanges}. */
export type Identity = { readonly [Name in IdentityParameter]: number } & {
  readonly moles: readonly Mole[];
  /** Chooses the pattern of freckles and of strands of hair. */
  readonly detailSeed: number;
};

/** The names of all continuous parameters. */
export const identityParameters = Object.keys(identityRanges) as IdentityParameter[];

/**
 * Typical differences between male and female faces: the shift of a parameter, as a share of its range, from one end of
 * that axis to the other. It makes the faces more realistic and the parameters correlated, as real ones are.
 */
const maleShift: { readonly [Name in IdentityParameter]?: number } = {
  jawWidth: 0.4,
  chinWidth: 0.4,
  chinProminence: 0.3,
  browThickness: 0.45,
  browArch: -0.3,
  browHeight: -0.3,
  noseWidth: 0.25,
  noseHeight: 0.2,
  eyeOpening: -0.2,
  lashes: -0.6,
  upperLip: -0.25,
  lipRedness: -0.5,
  hairLength: -1,
  hairRecession: 0.5,
  fringe: -0.3,
  neckWidth: 0.6,
  hairThickness: -0.4,
};

/**
 * Person number `index` of the population with this seed; always the same one.
 * @param index whole number ≥ 0.
 * @throws {OptionError} for a seed that is not a number, and an index that is not a whole number ≥ 0.
 */
export function syntheticIdentity(seed: number, index: number): Identity {
  requireBetween("seed", seed, -Number.MAX_VALUE, Number.MAX_VALUE);
  requireInteger("index", index, 0);
  const draws = random(seed, "synthetic identity", index);
  const male = smoothCoin(draws);
  const position = Object.fromEntries(
    identityParameters.map((name) => {
      const bell = (draws.uniform() + draws.uniform()) / 2;
      return [name, clamp(bell * 1.25 - 0.125 + (maleShift[name] ?? 0) * (male - 0.5), 0, 1)];
    }),
  ) as Record<IdentityParameter, number>;

  position.skinDarkness = draws.uniform();
  position.hairPart = draws.uniform();
  // Dark skin rarely comes with blond hair or blue eyes.
  position.hairDarkness = clamp(draws.uniform() * 1.1 + position.skinDarkness * 0.8 - 0.15, 0, 1);
  position.irisColor = clamp(draws.uniform() + position.skinDarkness * 0.9 - 0.1, 0, 1);
  position.hairRedness = rare(draws, 0.5) * (1 - position.skinDarkness);
  position.hairGray = rare(draws, 0.3);
  position.wrinkles = clamp(draws.uniform(0, 0.6) + position.hairGray * 0.5, 0, 1);
  position.freckles = rare(draws, 0.35);
  position.beard = rare(draws, 0.55) * male;
  position.moustache = clamp(rare(draws, 0.5) * male + position.beard * 0.5, 0, 1);
  position.fringe *= rare(draws, 0.5);
  position.glassesHabit = draws.uniform();

  const parameters = Object.fromEntries(
    identityParameters.map((name) => {
      const [low, high] = identityRanges[name];
      return [name, low + (high - low) * position[name]];
    }),
  ) as Record<IdentityParameter, number>;
  return { ...parameters, moles: drawMoles(draws), detailSeed: draws.integer(0x7fffffff) };
}

/**
 * Root mean square difference of two people's parameters, each as a share of its range: 0 for the same person, about
 * 0.3 for two people drawn at random.
 */
export function identityDistance(a: Identity, b: Identity): number {
  for (const person of [a, b]) {
    requireObject("identity", person);
    for (const name of identityParameters) requireKind(name, person[name], "a number");
  }
  let sum = 0;
  for (const name of identityParameters) {
    const [low, high] = identityRanges[name];
    const difference = (a[name] - b[name]) / (high - low);
    sum += difference * difference;
  }
  return Math.sqrt(sum / identityParameters.length);
}

/** A random number in [0, 1] that is mostly near one of the ends. */
function smoothCoin(draws: Random): number {
  const u = draws.uniform();
  return u * u * (3 - 2 * u);
}

/** 0 with probability 1 − `share`, else uniform in [0.25, 1]. */
function rare(draws: Random, share: number): number {
  const happens = draws.uniform() < share;
  const size = draws.uniform(0.25, 1);
  return happens ? size : 0;
}

function drawMoles(draws: Random): Mole[] {
  return Array.from({ length: draws.integer(4) }, () => ({
    x: draws.uniform(-5, 5),
    y: draws.uniform(-10, 4),
    radius: draws.uniform(0.1, 0.28),
    darkness: draws.uniform(0.4, 0.9),
  }));
}
