import { addRoute } from "../add-route.ts";
import type { App } from "../app.ts";
import { contract } from "../contract/index.ts";
import type { ServerParts } from "../parts.ts";
import { sharedCollection } from "./shapes.ts";
import { eachSubject } from "./walk.ts";

/** `/api/v1/recognition/subjects`. */
export function subjectRoutes(app: App, parts: ServerParts): void {
  addRoute(app, contract.comprefaceListSubjects, async ({ gallery }) => {
    const subjects: string[] = [];
    for await (const { name } of eachSubject(await sharedCollection(gallery, parts))) subjects.push(name);
    return { subjects };
  });

  addRoute(app, contract.comprefaceAddSubject, async ({ body, gallery }) => {
    const { name } = await (await sharedCollection(gallery, parts)).addSubject(body.subject);
    return { subject: name };
  });

  addRoute(app, contract.comprefaceRenameSubject, async ({ body, gallery, params }) => {
    const collection = await sharedCollection(gallery, parts);
    const { id, name: from } = await collection.subject(params.subject);
    const taken = await collection.subject(body.subject).catch(() => undefined);
    if (taken === undefined) await collection.changeSubject(from, { name: body.subject });
    else if (taken.id !== id) await collection.mergeSubjects({ from, into: taken.name });
    return { updated: true };
  });

  addRoute(app, contract.comprefaceDeleteSubject, async ({ gallery, params: { subject } }) => {
    await (await sharedCollection(gallery, parts)).deleteSubject(subject);
    return { subject };
  });

  addRoute(app, contract.comprefaceDeleteSubjects, async ({ gallery }) => {
    const collection = await sharedCollection(gallery, parts);
    let deleted = 0;
    for await (const { name } of eachSubject(collection)) {
      await collection.deleteSubject(name);
      deleted++;
    }
    return { deleted };
  });
}
