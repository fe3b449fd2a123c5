import type { SubjectDetails as GalleryDetails, Subject as GallerySubject } from "../../gallery/index.ts";
import { addRoute } from "../add-route.ts";
import type { App } from "../app.ts";
import { contract, type Subject, type SubjectDetails } from "../contract/index.ts";

/** People of a collection. */
export function subjectRoutes(app: App): void {
  addRoute(app, contract.listSubjects, async ({ gallery, params, query: { after, limit } }) => {
    const collection = await gallery.collection(params.collection);
    const subjects = await collection.subjects(after === undefined ? { limit } : { after, limit });
    const last = subjects.at(-1);
    return { subjects: subjects.map(describe), next: subjects.length < limit || !last ? null : last.name };
  });

  addRoute(app, contract.addSubject, async ({ body: { name, ...details }, gallery, params }) => {
    const collection = await gallery.collection(params.collection);
    return describe(await collection.addSubject(name, readDetails(details)));
  });

  addRoute(app, contract.getSubject, async ({ gallery, params }) => {
    const collection = await gallery.collection(params.collection);
    return describe(await collection.subject(params.subject));
  });

  addRoute(app, contract.changeSubject, async ({ body: { name, ...details }, gallery, params }) => {
    const collection = await gallery.collection(params.collection);
    const changes = { ...readDetails(details), ...(name === undefined ? {} : { name }) };
    return describe(await collection.changeSubject(params.subject, changes));
  });

  addRoute(app, contract.deleteSubject, async ({ gallery, params }) => {
    const collection = await gallery.collection(params.collection);
    const { deletedAt, ...receipt } = await collection.deleteSubject(params.subject);
    return { ...receipt, deletedAt: deletedAt.toISOString() };
  });

  addRoute(app, contract.mergeSubjects, async ({ body, gallery, params }) => {
    const collection = await gallery.collection(params.collection);
    return collection.mergeSubjects({ from: body.from, into: params.subject });
  });
}

function readDetails({ expiresAt, ...rest }: SubjectDetails): GalleryDetails {
  return expiresAt === undefined ? rest : { ...rest, expiresAt: expiresAt === null ? null : new Date(expiresAt) };
}

function describe({ createdAt, expiresAt, ...rest }: GallerySubject): Subject {
  return { ...rest, createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null };
}
