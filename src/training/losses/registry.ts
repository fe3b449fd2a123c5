/**
 * The losses by name. A new loss is a file that calls `defineLoss`, its test, and its entry in `definitions`; the
 * command line, options.json, the experiment `losses` and the reference page take everything else from its declaration.
 */
import { OptionError, requireFields } from "../../base/core/index.ts";
import type { SphereSize } from "../../measure/hypersphere/index.ts";
import { adaFaceLoss } from "./adaface.ts";
import { arcFaceLoss } from "./arcface.ts";
import { aSoftmaxLoss } from "./asoftmax.ts";
import { centerLoss } from "./center.ts";
import { combinedLoss } from "./combined.ts";
import { contrastiveLoss } from "./contrastive.ts";
import { cosFaceLoss } from "./cosface.ts";
import { curricularFaceLoss } from "./curricularface.ts";
import { elasticArcFaceLoss, elasticCosFaceLoss } from "./elasticface.ts";
import type { FaceLoss } from "./loss.ts";
import {
  describeRange,
  type GivenOptions,
  isDeclared,
  type LossDefinition,
  type LossSchema,
} from "./loss-definition.ts";
import { lSoftmaxLoss } from "./lsoftmax.ts";
import { magFaceLoss } from "./magface.ts";
import { nslLoss } from "./nsl.ts";
import { softmaxDefinition } from "./softmax.ts";
import { sphereFaceRLoss } from "./sphereface-r.ts";
import { sphereFace2Loss } from "./sphereface2.ts";
import { tripletLoss } from "./triplet.ts";
import { uniFaceLoss } from "./uniface.ts";

const definitions = [
  softmaxDefinition,
  nslLoss,
  lSoftmaxLoss,
  aSoftmaxLoss,
  cosFaceLoss,
  arcFaceLoss,
  adaFaceLoss,
  magFaceLoss,
  curricularFaceLoss,
  elasticArcFaceLoss,
  elasticCosFaceLoss,
  sphereFaceRLoss,
  uniFaceLoss,
  sphereFace2Loss,
  combinedLoss,
  contrastiveLoss,
  centerLoss,
  tripletLoss,
] as const;

type Definition = (typeof definitions)[number];

/** Name of a loss, as on the command line. */
export type LossName = Definition["name"];

/** A loss of the registry by its name, with the options that it takes: `{ name: "arcface", marginRadians: 0.4 }`. */
export type LossOptions = {
  [D in Definition as D["name"]]: { readonly name: D["name"] } & GivenOptions<D["options"]>;
}[LossName];

/**
 * Every loss of the registry, with its title, formula, paper and options: `options` maps an option's name to its range,
 * default, unit, flag and a phrase about it.
 */
export const lossDefinitions: readonly LossDefinition<LossName>[] = definitions;

/** The loss that is trained when none is named. */
export const defaultLoss: LossOptions = { name: cosFaceLoss.name };

/** Names of the losses of the registry. */
export const lossNames: readonly LossName[] = definitions.map(({ name }) => name);

/** The declaration of a loss. @throws {OptionError} for an unknown name, naming the known ones. */
export function findLoss(name: string): LossDefinition<LossName> {
  const found = lossDefinitions.find((definition) => definition.name === name);
  if (found === undefined) {
    throw new OptionError(`loss: got '${name}', expected one of ${lossNames.join(", ")}`);
  }
  return found;
}

/**
 * Makes a loss of the registry.
 *
 * @throws {OptionError} for an unknown name, an option that the loss does not have, or a value out of its range.
 */
export function createLoss(options: LossOptions): FaceLoss {
  requireFields("loss", options, { name: "a text" });
  const { name, ...given } = options;
  return findLoss(name).create(given as GivenOptions<LossSchema>);
}

/**
 * Options from a file or a caller without types: checked, under their present names and in a fixed order.
 *
 * @throws {OptionError} as `createLoss`.
 */
export function parseLossOptions(options: { readonly name: string } & Readonly<Record<string, unknown>>) {
  requireFields("loss", options, { name: "a text" });
  const { name, ...given } = options;
  const definition = findLoss(name);
  return { name: definition.name, ...definition.parse(given) } as LossOptions;
}

/**
 * Checks that a loss of a caller's own does not have the name of one in the registry: options.json could not tell them
 * apart.
 *
 * @throws {OptionError} naming the loss.
 */
export function requireOwnName(loss: FaceLoss): void {
  if (isDeclared(loss) || !lossDefinitions.some(({ name }) => name === loss.name)) return;
  throw new OptionError(
    `loss: got a loss of your own named '${loss.name}', which another loss is: give it another name`,
  );
}

/** A loss for options.json: its name and options. */
export function describeLoss({ name, options = {} }: Pick<FaceLoss, "name" | "options">) {
  return { name, ...options };
}

/** Whether two descriptions are of one loss, whatever the order and the names of their options, and their defaults. */
export function isSameLoss(a: LossOptions, b: LossOptions): boolean {
  const [first, second] = [a, b].map((options) => {
    const { options: schema } = findLoss(options.name);
    const defaults = Object.fromEntries(Object.entries(schema).map(([key, option]) => [key, option.default]));
    return JSON.stringify({ ...defaults, ...parseLossOptions(options) });
  });
  return first === second;
}

/** A loss with each value "auto" replaced by a number chosen for the sphere, and a sentence about each choice. */
export type ChosenLoss = { readonly loss: LossOptions; readonly notes: readonly string[] };

/**
 * Chooses values for the options that are "auto", such as CosFace's margin and scale, from the number of identities and
 * the embedding's size.
 *
 * @throws {OptionError} as `createLoss`, and for "auto" where no bound is known.
 */
export function chooseLossOptions(
  { name, ...given }: { readonly name: string } & Readonly<Record<string, unknown>>,
  size: SphereSize,
): ChosenLoss {
  const { options: schema } = findLoss(name);
  const notes: string[] = [];
  const chosen: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(schema)) {
    const value = given[key];
    if (value !== "auto") {
      chosen[key] = value;
    } else if (option.choose === undefined) {
      throw new OptionError(`${name}: ${key}: got 'auto', expected ${describeRange(option)}: no bound is known for it`);
    } else {
      const choice = option.choose(size, chosen);
      notes.push(choice.reason);
      chosen[key] = choice.value;
    }
  }
  return { loss: parseLossOptions({ name, ...given, ...chosen }), notes };
}

/** The variants of all losses for the comparison of `cosface experiment losses`, given its scale. */
export function comparedLosses(scale: number): { readonly title: string; readonly loss: LossOptions }[] {
  return lossDefinitions.flatMap(({ name, compared }) =>
    compared(scale).map(({ title, options }) => ({ title, loss: { name, ...options } as LossOptions })),
  );
}
