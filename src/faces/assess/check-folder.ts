/** What a folder of people holds, and what is wrong with it before anything is measured. */
import { correlation } from "./image-facts.ts";
import type { FolderSurvey, SurveyedImage } from "./survey-folder.ts";

/** A photograph by numbers: its person and its position among the person's photographs, both from 1. */
export type ImageNumber = { readonly person: number; readonly image: number; readonly file?: string };

/** Two photographs that are copies of one. */
export type CopyPair = {
  readonly left: ImageNumber;
  readonly right: ImageNumber;
  /** Equal bytes; else the crops of the faces look the same. */
  readonly isExact: boolean;
  readonly isSamePerson: boolean;
};

/** Counts of a folder, and the photographs that need a look. */
export type FolderCheck = {
  readonly personCount: number;
  readonly imageCount: number;
  /** Photographs that are measured: with a face, each file once for a person. */
  readonly measuredImageCount: number;
  /** People with at least one measured photograph. */
  readonly measuredPersonCount: number;
  /** People with at least two, who make genuine pairs. */
  readonly pairedPersonCount: number;
  readonly unreadable: readonly ImageNumber[];
  readonly withoutFace: readonly ImageNumber[];
  readonly withSeveralFaces: readonly ImageNumber[];
  readonly copies: readonly CopyPair[];
  /** People of one measured photograph, or none: they are unknowns, and nobody whom a search could find. */
  readonly singlePersonCount: number;
  /** Files and folders that are not photographs of a person, by reason. */
  readonly passedOver: readonly { readonly reason: string; readonly count: number }[];
};

/** Correlation of the gray crops from which two photographs count as near copies. */
export const COPY_CORRELATION = 0.99;

/** A measured photograph. */
export type MeasuredImage = SurveyedImage & { readonly facts: NonNullable<SurveyedImage["facts"]> };

/** The photographs that are measured: with a face, and each file once for a person. */
export function measuredImages({ images }: FolderSurvey): MeasuredImage[] {
  const seen = new Set<string>();
  return images.flatMap((image) => {
    const { facts, person, digest } = image;
    if (facts === undefined || facts.faceCount === 0) return [];
    const key = `${person} ${digest}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ ...image, facts }];
  });
}

/**
 * Checks a folder.
 *
 * @param alike pairs of different people that may be copies: those with the highest scores.
 * @param numberOf how a photograph is named in the result.
 */
export function checkFolder(
  survey: FolderSurvey,
  measured: readonly MeasuredImage[],
  alike: readonly (readonly [MeasuredImage, MeasuredImage])[],
  numberOf: (image: SurveyedImage) => ImageNumber,
): FolderCheck {
  const { images, names, passedOver } = survey;
  const counts = new Map<number, number>();
  for (const { person } of measured) counts.set(person, (counts.get(person) ?? 0) + 1);
  const reasons = new Map<string, number>();
  for (const { reason } of passedOver) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const numbered = (holds: (image: SurveyedImage) => boolean) => images.filter(holds).map(numberOf);
  return {
    personCount: names.length,
    imageCount: images.length,
    measuredImageCount: measured.length,
    measuredPersonCount: counts.size,
    pairedPersonCount: [...counts.values()].filter((count) => count > 1).length,
    unreadable: numbered(({ facts }) => facts === undefined),
    withoutFace: numbered(({ facts }) => facts?.faceCount === 0),
    withSeveralFaces: numbered(({ facts }) => (facts?.faceCount ?? 0) > 1),
    copies: [...exactCopies(images, numberOf), ...nearCopies(measured, alike, numberOf)],
    singlePersonCount: names.length - [...counts.values()].filter((count) => count > 1).length,
    passedOver: [...reasons].map(([reason, count]) => ({ reason, count })),
  };
}

/** Each further photograph with the bytes of an earlier one. */
function exactCopies(images: readonly SurveyedImage[], numberOf: (image: SurveyedImage) => ImageNumber): CopyPair[] {
  const first = new Map<string, SurveyedImage>();
  return images.flatMap((image) => {
    if (image.digest === undefined) return [];
    const before = first.get(image.digest);
    if (before === undefined) {
      first.set(image.digest, image);
      return [];
    }
    const isSamePerson = before.person === image.person;
    return [{ left: numberOf(before), right: numberOf(image), isExact: true, isSamePerson }];
  });
}

/** Photographs of other bytes whose faces look the same: of one person, and of those pairs of others that may be. */
function nearCopies(
  measured: readonly MeasuredImage[],
  alike: readonly (readonly [MeasuredImage, MeasuredImage])[],
  numberOf: (image: SurveyedImage) => ImageNumber,
): CopyPair[] {
  const isCopy = (a: MeasuredImage, b: MeasuredImage) =>
    a.digest !== b.digest && correlation(a.facts.thumbnail, b.facts.thumbnail) >= COPY_CORRELATION;
  const byPerson = new Map<number, MeasuredImage[]>();
  for (const image of measured) byPerson.set(image.person, [...(byPerson.get(image.person) ?? []), image]);
  const own = [...byPerson.values()].flatMap((images) =>
    images.flatMap((left, i) => images.slice(i + 1).flatMap((right) => (isCopy(left, right) ? [[left, right]] : []))),
  );
  const others = alike.filter(([left, right]) => isCopy(left, right));
  return [...own, ...others].flatMap(([left, right]) =>
    left === undefined || right === undefined
      ? []
      : [
          {
            left: numberOf(left),
            right: numberOf(right),
            isExact: false,
            isSamePerson: left.person === right.person,
          },
        ],
  );
}
