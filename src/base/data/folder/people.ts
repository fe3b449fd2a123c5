import { type ImageFile, listImages, type PassedOver } from "../../files/index.ts";

/** What a folder with one folder for each identity holds. */
export type PeopleFolder = {
  /** Name of each identity's folder in Unicode's composed form (NFC), sorted by code unit: the order of labels. */
  readonly names: readonly string[];
  /** Images of each identity, sorted by name. */
  readonly images: readonly (readonly ImageFile[])[];
  readonly passedOver: readonly PassedOver[];
};

/** Reasons to pass an image over, beside those of `listImages`. */
const LOOSE = "image outside of a person's folder";
const AMBIGUOUS = "image in a folder of folders, which may be people: move the people up, or the images";

/**
 * Lists `IDENTITY/IMAGE`, and images in deeper folders of an identity. Folders whose names are equal in NFC are one
 * identity.
 *
 * A folder that holds no image itself, but images in two or more folders, could be a person with albums or a folder
 * of people. It gives no identity, and its images are passed over, so that people are never merged into one.
 */
export async function listPeople(root: string): Promise<PeopleFolder> {
  const { images, passedOver } = await listImages(root);
  const byName = new Map<string, ImageFile[]>();
  const left: PassedOver[] = [...passedOver];
  for (const image of images) {
    const [identity = "", ...rest] = image.name.split("/");
    const known = byName.get(identity);
    if (rest.length === 0) left.push({ name: image.name, reason: LOOSE });
    else if (known === undefined) byName.set(identity, [image]);
    else known.push(image);
  }
  for (const [identity, files] of byName) {
    const folders = new Set(files.map(({ name }) => name.split("/").slice(1, -1)[0]));
    if (folders.has(undefined) || folders.size < 2) continue;
    byName.delete(identity);
    left.push(...files.map(({ name }) => ({ name, reason: AMBIGUOUS })));
  }
  const people = [...byName].sort(([a], [b]) => (a < b ? -1 : 1));
  return { names: people.map(([name]) => name), images: people.map(([, files]) => files), passedOver: left };
}
