import type { CollectionInfo, Gallery, Subject } from "../../../../service/gallery/index.ts";
import { withGallery } from "../../../gallery.ts";
import { given } from "../../../given.ts";
import { formatQuantity, print, printJson } from "../../../output.ts";
import type { Flags } from "./options.ts";

/** Subjects that are read at once. */
const PAGE = 1000;

export async function run(flags: Flags, collection: string | undefined): Promise<void> {
  if (collection === undefined) {
    const collections = await withGallery(flags, (gallery) => gallery.collections());
    if (flags.json) printJson(collections);
    else print(...collections.map(describeCollection), formatQuantity(collections.length, "collection"));
  } else {
    const subjects = await withGallery(flags, (gallery) => allSubjects(gallery, collection));
    if (flags.json) printJson(subjects);
    else print(...subjects.map(describeSubject), formatQuantity(subjects.length, "person", "people"));
  }
}

async function allSubjects(gallery: Gallery, name: string): Promise<Subject[]> {
  const collection = await gallery.collection(name);
  const all: Subject[] = [];
  for (;;) {
    const page = await collection.subjects({ limit: PAGE, ...given({ after: all.at(-1)?.name }) });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

function describeCollection({ isIndexed, model, name, size, templateCount }: CollectionInfo): string {
  return `${name}: ${formatQuantity(templateCount, "template")} of model ${model}, ${size}-d${isIndexed ? ", indexed" : ""}`;
}

function describeSubject({ expiresAt, name, templateCount }: Subject): string {
  return `${name}: ${formatQuantity(templateCount, "template")}${expiresAt === null ? "" : `, until ${expiresAt.toISOString()}`}`;
}
