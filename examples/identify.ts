/**
 * Who is on a photograph? `tsx examples/identify.ts party.jpg family/` prints a line for each face. The folder has one
 * subfolder of photographs for each known person.
 */
import { identify, openFaces, openPeople, readCalibration } from "cosface";
import { farForFpir } from "cosface/eval";

const [photograph, folder] = process.argv.slice(2);
if (photograph === undefined || folder === undefined) throw new Error("expected a photograph and a folder of people");
const faces = await openFaces();
const people = await openPeople(folder, faces);

// An unknown person is compared with everybody, and may be taken for any of them: each comparison gets a lower rate.
const wanted = farForFpir(0.01, people.known.templateCount);
const calibration = await readCalibration("default", faces.embedder.id);
const measured = calibration.thresholds.filter(({ threshold }) => threshold !== null).map(({ far }) => far);
const far = measured.findLast((rate) => rate >= wanted) ?? Math.min(...measured);

for (const { box, name, matches, threshold } of await identify(photograph, people, { faces, calibration, far })) {
  console.log(JSON.stringify({ box, name: name ?? "unknown", matches, threshold, far }));
}
await faces.close();
