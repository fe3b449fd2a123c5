/**
 * Drawn people: faces with labels, scenes with boxes and landmarks, and pairs to verify on.
 *
 * @module cosface/synthetic
 */
export {
  type Background,
  type ConditionOverrides,
  DEFAULT_DIFFICULTY,
  type Expression,
  type FaceConditions,
  faceConditions,
  type Identity,
  type IdentityParameter,
  identityDistance,
  identityParameters,
  identityRanges,
  type Light,
  type Mole,
  type Photo,
  type Placement,
  type Pose,
  type RenderedFace,
  type RenderFaceOptions,
  type RenderSceneOptions,
  renderFace,
  renderScene,
  type Scene,
  type SceneFace,
  type Styling,
  type SyntheticFacesOptions,
  type SyntheticPair,
  type SyntheticPairsOptions,
  syntheticFaces,
  syntheticIdentity,
  syntheticPairs,
  syntheticVerification,
} from "./training/synthetic/index.ts";
