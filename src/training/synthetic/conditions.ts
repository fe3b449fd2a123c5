import { type Random, random, requireBetween, requireFields } from "../../base/core/index.ts";
import { clamp } from "./arithmetic.ts";

/**
 * Everything that differs between two images of the same person. Every deviation from neutral is drawn from a bounded
 * bell and multiplied by the difficulty, and the number of draws does not depend on it: the same seed at twice the
 * difficulty gives the same image, twice as far from neutral.
 */
export type FaceConditions = {
  readonly pose: Pose;
  readonly light: Light;
  readonly expression: Expression;
  readonly styling: Styling;
  readonly photo: Photo;
  readonly placement: Placement;
  readonly background: Background;
};

/** Rotation and distance of the head. */
export type Pose = {
  /** Degrees; positive rotates the face to the right of the image. */
  readonly yaw: number;
  /** Degrees; positive looks up. */
  readonly pitch: number;
  /** Degrees; positive tilts clockwise. */
  readonly roll: number;
  /** Distance from the camera to the head, cm: a near camera enlarges the nose. */
  readonly distance: number;
};

/** A directional key light and a soft ambient light. */
export type Light = {
  /** Degrees from the camera's axis; positive comes from the right of the image. */
  readonly azimuth: number;
  /** Degrees above the camera's axis. */
  readonly elevation: number;
  /** Strength of the key light, 1 neutral. */
  readonly strength: number;
  /** Strength of the soft light, 1 neutral. */
  readonly ambient: number;
  /** Color of the key light, −1 blue to 1 orange. */
  readonly warmth: number;
};

/** Facial expression. */
export type Expression = {
  /** 0 closed to 1 wide open. */
  readonly mouthOpen: number;
  /** −1 sad, 0 neutral, 1 smiling. */
  readonly smile: number;
  /** −1 frowning, 0 neutral, 1 raised. */
  readonly browRaise: number;
  /** 0 open to 1 closed. */
  readonly eyeClosure: number;
  /** Direction of gaze relative to the head: −1 left of the image to 1 right. */
  readonly gazeX: number;
  /** −1 down to 1 up. */
  readonly gazeY: number;
};

/** Clothing, hair and beard; close to the usual style of the person. */
export type Styling = {
  /** Darker (−1) or lighter (1) hair than usual. */
  readonly hairTone: number;
  /** Flatter (−1) or fuller (1) hair than usual. */
  readonly hairVolume: number;
  /** Fringe and parting moved to the left (−1) or to the right (1). */
  readonly hairSwing: number;
  /** Shaved (−1) or grown (1) beard, relative to usual. */
  readonly beardGrowth: number;
  /** The person wears glasses when this is below about the square of `glassesHabit`. In [0, 1]. */
  readonly glasses: number;
  /** Chooses the color of clothes and the shape of glasses and hats. */
  readonly wardrobe: number;
  /** The object that covers part of the face. */
  readonly occlusion: "none" | "mask" | "object" | "sunglasses" | "hat";
};

/** Properties of the camera. */
export type Photo = {
  /** Exposure in stops, 0 neutral. */
  readonly exposure: number;
  /** Relative contrast, 0 neutral, in [−1, 1]. */
  readonly contrast: number;
  /** Relative saturation, 0 neutral, −1 gray. */
  readonly saturation: number;
  /** White balance, −1 blue to 1 orange. */
  readonly warmth: number;
  /** White balance, −1 green to 1 magenta. */
  readonly tint: number;
  /** Radius of the blur, pixels of a crop 112 high. */
  readonly blur: number;
  /** Standard deviation of the sensor's noise, in 1/255. */
  readonly noise: number;
};

/** Deviation of an aligned crop from the template; lengths in pixels of a crop 112 high. */
export type Placement = {
  readonly shiftX: number;
  readonly shiftY: number;
  /** Degrees. */
  readonly rotation: number;
  /** Relative size, 1 exact. */
  readonly scale: number;
};

/** The background. */
export type Background = {
  /** Chooses colors and shapes. */
  readonly seed: number;
  /** 0 plain gray to 1 colored shapes. */
  readonly variety: number;
};

/** Given parts of the conditions; the others are drawn at random. */
export type ConditionOverrides = { readonly [Group in keyof FaceConditions]?: Partial<FaceConditions[Group]> };

/** The conditions of image number `image` of person `identity`, at a difficulty from 0 (neutral) to 1. */
export function faceConditions(
  place: { readonly seed: number; readonly identity: number; readonly image: number },
  difficulty: number,
): FaceConditions {
  requireFields("image", place, { seed: "a number", identity: "a number", image: "a number" });
  requireBetween("difficulty", difficulty, 0, 1);
  const { seed, identity, image } = place;
  return drawConditions(random(seed, "synthetic picture", identity, image), difficulty);
}

/** Draws conditions from a stream of random numbers; see {@link FaceConditions}. */
export function drawConditions(draws: Random, difficulty: number): FaceConditions {
  const d = difficulty;
  /** A bell around 0 that is bounded by ± `reach` at difficulty 1. */
  const around = (reach: number): number => (draws.uniform(-reach, reach) + draws.uniform(-reach, reach)) * 0.5 * d;
  /** From 0 to `reach` at difficulty 1, mostly near 0. */
  const some = (reach: number): number => draws.uniform() * draws.uniform() * reach * d;
  return {
    pose: { yaw: around(85), pitch: around(42), roll: around(36), distance: 75 + around(45) },
    light: {
      azimuth: around(150),
      elevation: 22 + around(100),
      strength: 1 + around(1),
      ambient: 1 + around(0.9),
      warmth: around(1),
    },
    expression: {
      mouthOpen: some(1.2),
      smile: 0.3 * d + around(1.5),
      browRaise: around(1.5),
      eyeClosure: clamp(some(1.3), 0, 1),
      gazeX: around(1),
      gazeY: around(0.6),
    },
    styling: {
      hairTone: around(1),
      hairVolume: around(1),
      hairSwing: around(1.4),
      beardGrowth: around(1),
      glasses: draws.uniform(),
      wardrobe: draws.integer(0x7fffffff),
      occlusion: drawOcclusion(draws, d),
    },
    photo: {
      exposure: around(1.5),
      contrast: around(0.7),
      saturation: around(0.9),
      warmth: around(1),
      tint: around(0.7),
      blur: some(3),
      noise: 1 + some(14),
    },
    placement: { shiftX: around(4.5), shiftY: around(4.5), rotation: around(7), scale: 1 + around(0.1) },
    background: { seed: draws.integer(0x7fffffff), variety: clamp(3 * d, 0, 1) },
  };
}

/** `conditions` with the given parts replaced. */
export function override(conditions: FaceConditions, parts: ConditionOverrides): FaceConditions {
  return {
    pose: { ...conditions.pose, ...parts.pose },
    light: { ...conditions.light, ...parts.light },
    expression: { ...conditions.expression, ...parts.expression },
    styling: { ...conditions.styling, ...parts.styling },
    photo: { ...conditions.photo, ...parts.photo },
    placement: { ...conditions.placement, ...parts.placement },
    background: { ...conditions.background, ...parts.background },
  };
}

/** At difficulty 1, a quarter of the faces are partly covered. */
function drawOcclusion(draws: Random, difficulty: number): Styling["occlusion"] {
  const happens = draws.uniform() < 0.25 * difficulty;
  const kind = (["object", "object", "hat", "sunglasses", "mask"] as const)[draws.integer(5)];
  return happens && kind !== undefined ? kind : "none";
}
