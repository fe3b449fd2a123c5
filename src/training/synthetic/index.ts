export type {
  Background,
  ConditionOverrides,
  Expression,
  FaceConditions,
  Light,
  Photo,
  Placement,
  Pose,
  Styling,
} from "./conditions.ts";
export { faceConditions } from "./conditions.ts";
export { type SyntheticFacesOptions, syntheticFaces } from "./faces.ts";
export {
  type Identity,
  type IdentityParameter,
  identityDistance,
  identityParameters,
  identityRanges,
  type Mole,
  syntheticIdentity,
} from "./identity.ts";
export { type SyntheticPair, type SyntheticPairsOptions, syntheticPairs } from "./pairs.ts";
export { DEFAULT_DIFFICULTY, type RenderedFace, type RenderFaceOptions, renderFace } from "./render-face.ts";
export { type RenderSceneOptions, renderScene, type Scene, type SceneFace } from "./scene.ts";
export { syntheticVerification } from "./verification.ts";
