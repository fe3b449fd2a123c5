/**
 * The protocols of `cosface evaluate`: what each measures, where it comes from, and what it takes. The flags of the
 * command, its help page, docs/reference/protocols.md and the checks of a call all derive from these two tables.
 *
 * This file imports nothing, so that a help page loads no network; `registry.ts` has what each protocol does.
 */

/** Something that a protocol takes beside the model: an option of `cosface evaluate` by its key. */
export type ProtocolInput = {
  /** A path, a whole number of at least 1, or a switch. */
  readonly type: "path" | "count" | "switch";
  /** What the help page calls the value. */
  readonly value?: string;
  readonly help: string;
};

/** Everything that protocols take, in the order of the help page. */
export const protocolInputs = {
  images: { type: "path", value: "folder", help: "the benchmark's images" },
  pairs: { type: "path", value: "file", help: "the benchmark's list of pairs" },
  distractors: {
    type: "path",
    value: "folder",
    help: "aligned images of other people: a folder like --images, or train.rec",
  },
  align: { type: "switch", help: "the images are photographs: detect and align first" },
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

/** The protocols, in the order of the help page. */
export const protocolFacts = {
  lfw: {
    title: "Labeled Faces in the Wild: verification in ten folds, or any list of pairs in its format",
    source: "Huang et al., UMass TR 07-49",
    takes: {
      images: { isRequired: true, help: "aligned crops or photographs, NAME/NAME_0001.jpg" },
      pairs: { isRequired: true, help: "a list of pairs" },
      align: { isRequired: false, help: "the images are photographs" },
      centering: { isRequired: false, help: "as SphereFace does" },
    },
  },
  megaface: {
    title: "Identification and verification among distractors",
    source: "Kemelmacher-Shlizerman et al., CVPR 2016",
    takes: {
      images: { isRequired: true, help: "aligned crops of known people: a folder for each, or train.rec" },
      distractors: { isRequired: true, help: "a folder or a record file" },
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
