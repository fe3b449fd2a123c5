/**
 * Which faces belong together? `tsx examples/cluster.ts *.jpg` prints a cluster for each face, −1 for those alone.
 */
import { openFaces, sortPhotographs } from "cosface";

const faces = await openFaces();
const { people, unassigned } = await sortPhotographs(process.argv.slice(2), async (path) => path, faces);
for (const [cluster, ofPerson] of people.entries()) {
  for (const { item: source } of ofPerson) console.log(JSON.stringify({ source, cluster }));
}
for (const { item: source } of unassigned) console.log(JSON.stringify({ source, cluster: -1 }));
await faces.close();
