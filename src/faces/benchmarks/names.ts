/**
 * The protocols of `cosface evaluate`: what each measures, where it comes from, and what it takes. The flags of the
 * command, its help page, docs/reference/protocols.md and the checks of a call all derive from these two tables.
 *
 * This file imports nothing, so that a help page loads no network; `registry.ts` has what each protocol does.
 */

/** Something that a protocol takes beside the model: an option of `cosface evaluate` by its key. */
export type ProtocolInput = {
  /** A path, a whole number of at least 1, a switch, or one of `choices`. */
  readonly type: "path" | "count" | "switch" | "choice";
  readonly choices?: readonly string[];
  /** What the help page calls the value. */
  readonly value?: string;
  readonly help: string;
};

/**
 * Rules of verification in folds, by the programs that they come from: how a pair is scored, which thresholds are
 * tried, and which of equally good ones is taken. `exact` is LFW's own, with the best of all thresholds.
 */
export const ruleNames = ["exact", "insightface", "facex-zoo", "xqlfw"] as const;

/** How the embeddings of several networks make one: side by side, or added. */
export const fusionRules = ["concat", "sum"] as const;
/** Name of a rule of {@link fusionRules}. */
export type FusionRule = (typeof fusionRules)[number];

/** Everything that protocols take, in the order of the help page. */
export const protocolInputs = {
  images: { type: "path", value: "folder", help: "the benchmark's images" },
  pairs: { type: "path", value: "file", help: "the benchmark's list of pairs, or the folder of its lists" },
  qualities: { type: "path", value: "file", help: "quality of each image, to report accuracy by quality" },
  rule: {
    type: "choice",
    value: "name",
    choices: ruleNames,
    help: "the program whose arithmetic is followed; by default the one that the protocol's publishers use",
  },
  frames: { type: "count", value: "n", help: "the most frames of a video that count" },
  framePairs: { type: "switch", help: "score of two videos: the mean cosine of all pairs of their frames" },
  distractors: {
    type: "path",
    value: "folder",
    help: "aligned images of other people: a folder like --images, or train.rec",
  },
  embeddings: {
    type: "path",
    value: "file",
    help: "embeddings of the images, computed elsewhere: .npy of shape (images, size), f32 or f64",
  },
  unitLength: { type: "switch", help: "images count alike, whatever the length of their embeddings" },
  ignoreDetector: { type: "switch", help: "images count alike, whatever the detector's score" },
  probeList: { type: "path", value: "file", help: "facescrub_features_list.json: --images has feature files" },
  distractorList: {
    type: "path",
    value: "file",
    help: "megaface_features_list.json_N_1: --distractors has feature files",
  },
  probeNoise: { type: "path", value: "file", help: "list of probes with a wrong label, to be replaced" },
  distractorNoise: { type: "path", value: "file", help: "list of distractors who are probes, to be cleared" },
  align: { type: "switch", help: "the images are photographs: detect and align first" },
  groups: { type: "path", value: "file", help: "CSV file of groups: person,group, or a column for each attribute" },
  centering: { type: "switch", help: "subtract the mean embedding of the other folds" },
} as const satisfies Readonly<Record<string, ProtocolInput>>;

/** Key of something that protocols take. */
export type InputName = keyof typeof protocolInputs;

/** How a protocol takes an input: whether it needs it, and what it must be. */
export type InputUse = { readonly isRequired: boolean; readonly help: string };

/** What the tables say of a protocol. */
export type ProtocolFacts = {
  /** The benchmark in a few words. */
  readonly title: string;
  /** The paper or the program that the arithmetic comes from. */
  readonly source: string;
  readonly takes: { readonly [Input in InputName]?: InputUse };
};

/** What all protocols on the templates of IJB-B and IJB-C take. */
const ijbInputs = {
  images: { isRequired: true, help: "the folder with meta/ and, unless --embeddings is given, loose_crop/" },
  embeddings: { isRequired: false, help: "a row for each line of the list of images, flips already added" },
  unitLength: { isRequired: false, help: "leaves out the length of embeddings as a weight" },
  ignoreDetector: { isRequired: false, help: "leaves out the detector's score as a weight" },
} as const;

/** What all protocols on pairs in folds take. */
const foldInputs = {
  rule: { isRequired: false, help: "exact unless given" },
  align: { isRequired: false, help: "the images are photographs" },
} as const;

/** The protocols, in the order of the help page. */
export const protocolFacts = {
  lfw: {
    title: "Labeled Faces in the Wild: verification in ten folds, or any list of pairs in its format",
    source: "Huang et al., UMass TR 07-49",
    takes: {
      images: { isRequired: true, help: "aligned crops or photographs, NAME/NAME_0001.jpg" },
      pairs: { isRequired: true, help: "a list of pairs" },
      rule: { isRequired: false, help: "exact unless given" },
      align: { isRequired: false, help: "the images are photographs" },
      centering: { isRequired: false, help: "as SphereFace does; only by the rule exact" },
      groups: { isRequired: false, help: "error rates by group at the mean threshold; only by the rule exact" },
    },
  },
  bin: {
    title: "InsightFace's verification files: lfw, cfp_fp, cfp_ff, agedb_30, calfw, cplfw, vgg2_fp …",
    source: "InsightFace's eval/verification.py",
    takes: {
      images: { isRequired: true, help: "NAME.bin, or a folder of such files" },
      rule: { isRequired: false, help: "insightface unless given" },
    },
  },
  cfp: {
    title: "Celebrities in Frontal-Profile: frontal-frontal (FF) and frontal-profile (FP) pairs, ten folds each",
    source: "Sengupta et al., WACV 2016",
    takes: {
      images: { isRequired: true, help: "the folder Data/Images, or crops in the same layout" },
      pairs: { isRequired: true, help: "the folder Protocol" },
      ...foldInputs,
    },
  },
  calfw: {
    title: "Cross-Age LFW: ten folds of pairs with a large difference of age",
    source: "Zheng et al., arXiv 1708.08197; folds as FaceX-Zoo has them",
    takes: {
      images: { isRequired: true, help: "the folder of images that the list names" },
      pairs: { isRequired: true, help: "pairs_CALFW.txt" },
      ...foldInputs,
    },
  },
  cplfw: {
    title: "Cross-Pose LFW: ten folds of pairs with a large difference of pose",
    source: "Zheng and Deng, BUPT 2018; folds as FaceX-Zoo has them",
    takes: {
      images: { isRequired: true, help: "the folder of images that the list names" },
      pairs: { isRequired: true, help: "pairs_CPLFW.txt" },
      ...foldInputs,
    },
  },
  agedb: {
    title: "AgeDB: ten folds of pairs with a difference of 30 years, or of another list",
    source: "Moschoglou et al., CVPR Workshops 2017",
    takes: {
      images: { isRequired: true, help: "the folder of images that the list names" },
      pairs: { isRequired: true, help: "the MAT-file of splits" },
      ...foldInputs,
    },
  },
  xqlfw: {
    title: "Cross-Quality LFW: ten folds of pairs with a large difference of quality",
    source: "Knoche et al., FG 2021, code/evaluate.py",
    takes: {
      images: { isRequired: true, help: "aligned crops or photographs, NAME/NAME_0001.jpg" },
      pairs: { isRequired: true, help: "xqlfw_pairs.txt" },
      qualities: { isRequired: false, help: "xqlfw_scores.txt: accuracy by thirds of the pairs" },
      rule: { isRequired: false, help: "xqlfw unless given" },
      align: { isRequired: false, help: "the images are photographs" },
    },
  },
  rfw: {
    title: "Racial Faces in the Wild: accuracy by race, its spread, and the skewed error ratio",
    source: "Wang et al., ICCV 2019",
    takes: {
      images: { isRequired: true, help: "the folder with a folder for each race" },
      pairs: { isRequired: true, help: "the folder of RACE_pairs.txt, or of RACE/RACE_pairs.txt" },
      ...foldInputs,
    },
  },
  ytf: {
    title: "YouTube Faces: ten folds of pairs of videos",
    source: "Wolf et al., CVPR 2011; frame pairs as in FaceNet, CVPR 2015",
    takes: {
      images: { isRequired: false, help: "the folder with NAME/NUMBER/ of frames, unless --embeddings is given" },
      embeddings: {
        isRequired: false,
        help: "a folder of NAME/NUMBER.npy (frames, size), or lines of JSON of `cosface embed --json`",
      },
      pairs: { isRequired: true, help: "splits.txt" },
      frames: { isRequired: false, help: "evenly spread over each video; all unless given" },
      framePairs: { isRequired: false, help: "as FaceNet does, with the first 100 frames unless --frames is given" },
      align: { isRequired: false, help: "the frames are photographs" },
    },
  },
  ijbb: {
    title: "IARPA Janus Benchmark B, 1:1: verification of template pairs",
    source: "Whitelam et al., CVPR Workshops 2017; InsightFace's eval_ijbc.py",
    takes: ijbInputs,
  },
  ijbc: {
    title: "IARPA Janus Benchmark C, 1:1: verification of template pairs",
    source: "Maze et al., ICB 2018; InsightFace's eval_ijbc.py",
    takes: ijbInputs,
  },
  "ijbb-1n": {
    title: "IARPA Janus Benchmark B, 1:N: templates searched in two galleries",
    source: "Whitelam et al., CVPR Workshops 2017; InsightFace's ijb_1n.py",
    takes: ijbInputs,
  },
  "ijbc-1n": {
    title: "IARPA Janus Benchmark C, 1:N: templates searched in two galleries",
    source: "Maze et al., ICB 2018; InsightFace's ijb_1n.py",
    takes: ijbInputs,
  },
  tinyface: {
    title: "Faces of low resolution, searched among distractors",
    source: "Cheng et al., ACCV 2018; CVLface's evaluations/tinyface",
    takes: {
      images: { isRequired: true, help: "the folder with Probe, Gallery_Match and Gallery_Distractor: aligned crops" },
    },
  },
  megaface: {
    title: "Identification and verification among distractors",
    source: "Kemelmacher-Shlizerman et al., CVPR 2016",
    takes: {
      images: { isRequired: true, help: "aligned crops of known people: a folder for each, or train.rec" },
      distractors: { isRequired: true, help: "a folder or a record file" },
      probeList: { isRequired: false, help: "the devkit's list of probes" },
      distractorList: { isRequired: false, help: "the devkit's list of distractors" },
      probeNoise: { isRequired: false, help: "facescrub_noises.txt" },
      distractorNoise: { isRequired: false, help: "megaface_noises.txt" },
    },
  },
  allpairs: {
    title: "Verification over every pair of a labeled set",
    source: "TAR at FAR 1e-6 to 1e-3, as MegaFace and NIST's FRTE state it",
    takes: {
      images: { isRequired: true, help: "aligned crops: a folder for each person, or train.rec" },
    },
  },
} as const satisfies Readonly<Record<string, ProtocolFacts>>;

/** Name of a protocol, as `--protocol` takes it. */
export type ProtocolName = keyof typeof protocolFacts;

/** The names of all protocols, in the order of the help page. */
export const protocolNames = Object.keys(protocolFacts) as readonly ProtocolName[];

/** The protocols that take an input. */
export function protocolsThatTake(input: InputName): readonly ProtocolName[] {
  return protocolNames.filter((name) => Object.hasOwn(protocolFacts[name].takes, input));
}
