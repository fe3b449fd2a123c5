/** A collection from its first to its last subject, as CompreFace's clients list it. */
import { NotFoundError } from "../../../base/core/index.ts";
import type { Collection, Subject } from "../../gallery/index.ts";

const PAGE = 500;

/** All subjects, in the order of their names, also while they are being deleted. */
export async function* eachSubject(collection: Collection): AsyncGenerator<Subject> {
  for (let after: string | undefined; ; ) {
    const page = await collection.subjects({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield* page;
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return;
    after = last.name;
  }
}

/** An image in CompreFace's sense: the id of a template, and the name of its subject. */
export type SubjectImage = { readonly image_id: string; readonly subject: string };

/** All images, or those of one subject; none if there is no such subject. */
export async function* eachImage(collection: Collection, only?: string): AsyncGenerator<SubjectImage> {
  const subjects = only === undefined ? eachSubject(collection) : [{ name: only }];
  for await (const { name } of subjects) {
    const templates = await collection.templates(name).catch((error: unknown) => {
      if (error instanceof NotFoundError) return [];
      throw error;
    });
    for (const { id } of templates) yield { image_id: id, subject: name };
  }
}
