/** Who is on a photograph? `tsx examples/identify.ts probe.jpg anna.jpg ben.jpg` names the nearest of them, or nobody. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  decodeImage,
  farForFpir,
  KnownPeople,
  type KnownPerson,
  openFaces,
  readCalibration,
  thresholdFor,
} from "cosface";

const [probe, ...known] = process.argv.slice(2);
const faces = await openFaces();
const size = faces.embedder.contract.embeddingSize;

const people: KnownPerson[] = [];
for await (const picture of faces.stream(known, async (path) => decodeImage(await readFile(path)))) {
  if (picture.error !== undefined) throw picture.error;
  const [face] = picture.faces;
  if (face === undefined) throw new Error("no face on a known person's picture");
  people.push({ name: basename(picture.item), templates: { count: 1, size, data: face.embedding } });
}

// Among n people, a stranger meets n chances to be taken for someone: ask for less of each.
const far = farForFpir(0.01, people.length);
const calibration = await readCalibration("default", faces.embedder.id);
const calibrated = calibration.thresholds.findLast((point) => point.far >= far)?.far ?? 1e-4;
const { threshold } = thresholdFor(calibration, calibrated);

const directory = new KnownPeople(people, size);
for (const { box, embedding } of await faces.embed(await decodeImage(await readFile(probe!)))) {
  const { name, matches } = directory.identify(embedding, { threshold });
  console.log(JSON.stringify({ box, name: name ?? "unknown", matches, threshold, far: calibrated }));
}
await faces.close();
