/**
 * TinyFace's test set: the folders `Gallery_Match`, `Gallery_Distractor` and `Probe` of faces, whose names begin with
 * the person's number: `123_4.jpg`. Distractors show nobody of the probes.
 * @see Cheng et al., Low-Resolution Face Recognition (TinyFace), ACCV 2018
 */
import { DatasetError } from "../core/index.ts";
import { listImages } from "../files/index.ts";
import { readImageBytes } from "./list-lines.ts";

/** The person number that stands for every distractor. */
export const DISTRACTOR = -1;

/** Encoded faces with the number of the person on each. */
export type TinyFaceImages = {
  readonly imageCount: number;
  /** The image's origin for messages, such as "Probe, image 17". */
  readonly source: (index: number) => string;
  readonly readBytes: (index: number) => Promise<Uint8Array>;
  readonly identities: Int32Array;
};

/** Probes, and the gallery that they are searched in: matches, then distractors. */
export type TinyFaceSet = { readonly probes: TinyFaceImages; readonly gallery: TinyFaceImages };

/**
 * Lists TinyFace's faces.
 *
 * @param folder the folder with the three folders, such as `Testing_Set`.
 * @throws {DatasetError} when a folder has no images, or a name does not begin with a number.
 */
export async function readTinyFace(folder: string): Promise<TinyFaceSet> {
  const probes = await listFaces(folder, "Probe", true);
  const matches = await listFaces(folder, "Gallery_Match", true);
  const distractors = await listFaces(folder, "Gallery_Distractor", false);
  return { probes: imagesOf(probes), gallery: imagesOf([...matches, ...distractors]) };
}

type Face = { readonly path: string; readonly source: string; readonly identity: number };

async function listFaces(folder: string, part: string, isNumbered: boolean): Promise<Face[]> {
  const { images } = await listImages(`${folder}/${part}`);
  if (images.length === 0) throw new DatasetError(`${part}: got no images, expected TinyFace's folder of that name`);
  return images.map(({ path, name }, i) => {
    const source = `${part}, image ${i + 1}`;
    const number = /^(\d{1,9})_/.exec(name.replace(/^.*\//, ""))?.[1];
    if (isNumbered && number === undefined) {
      throw new DatasetError(`${source}: expected a name that begins with the person's number, such as 123_4.jpg`);
    }
    return { path, source, identity: isNumbered ? Number(number) : DISTRACTOR };
  });
}

function imagesOf(faces: readonly Face[]): TinyFaceImages {
  const source = (index: number) => faces[index]?.source ?? "";
  return {
    imageCount: faces.length,
    source,
    readBytes: (index) => readImageBytes(faces[index]?.path ?? "", source(index)),
    identities: Int32Array.from(faces, ({ identity }) => identity),
  };
}
