import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readMarkup } from "../../measure/report/markup.testing.ts";
import { type AssessedFolder, type AssessOptions, assess } from "./assess.ts";
import { drawImage, drawPeople, patternNetworks, writeImage } from "./drawn-folder.ts";
import { writeAssessment } from "./write-assessment.ts";

const PEOPLE = 30;
const IMAGES = 3;
const people = drawPeople(1, PEOPLE);
const nameOf = (person: number) => `Name ${String(person + 1).padStart(2, "0")}`;

let root: string;
let found: AssessedFolder;
/** The folder `people`, with the networks for it and the store in `kept`. */
const run = (options: AssessOptions = {}, folder = "people") =>
  assess(join(root, folder), {
    faces: patternNetworks(),
    far: 0.01,
    fpir: 0.1,
    keepEmbeddings: join(root, "kept"),
    ...options,
  });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "cosface-assess-"));
  for (const [person, pattern] of people.entries()) {
    for (let image = 0; image < IMAGES; image++) {
      await writeImage(root, `people/${nameOf(person)}/${image}.png`, drawImage(pattern, 100 * person + image));
    }
  }
  const folder = (person: number) => join(root, "people", nameOf(person));
  // Person 1: a copy of a file, and nearly one. Person 2: a file of person 3. Person 4: what has no face, and no image.
  await copyFile(join(folder(0), "0.png"), join(folder(0), "copy.png"));
  await writeImage(root, `people/${nameOf(0)}/near.png`, brighter(drawImage(people[0]!, 1)));
  await copyFile(join(folder(2), "1.png"), join(folder(1), "of-another.png"));
  await writeImage(root, `people/${nameOf(3)}/nobody.png`, drawImage(people[3]!, 1, { faceCount: 0 }));
  await writeImage(root, `people/${nameOf(3)}/two.png`, drawImage(people[3]!, 2, { faceCount: 2 }));
  await writeFile(join(folder(3), "damaged.jpg"), "not an image");
  await writeFile(join(root, "people", "notes.txt"), "notes");
  await writeImage(root, `people/${nameOf(PEOPLE)}/only.png`, drawImage(drawPeople(2, 1)[0]!, 9));
  // A photograph of person 11 among those of person 21: a wrong label.
  await writeImage(root, `people/${nameOf(20)}/zz.png`, drawImage(people[10]!, 5000));
  await writeFile(
    join(root, "groups.csv"),
    ["person,side", ...people.map((_, i) => `${nameOf(i)},${i % 2 === 0 ? "even" : "odd"}`), "Nobody,odd"].join("\r\n"),
  );
  found = await run({ groups: join(root, "groups.csv"), names: false });
});
afterAll(() => rm(root, { recursive: true }));

function brighter(image: ReturnType<typeof drawImage>) {
  return { ...image, data: image.data.map((level, i) => (i < 3 ? level : level + 3)) };
}

describe("assess", () => {
  it("says what is wrong with the photographs", () => {
    const { data } = found.assessment;
    expect(data).toMatchObject({
      personCount: 31,
      imageCount: 98,
      measuredImageCount: 95,
      measuredPersonCount: 31,
      pairedPersonCount: 30,
      singlePersonCount: 1,
      unreadable: [{ person: 4, image: 4 }],
      withoutFace: [{ person: 4, image: 5 }],
      withSeveralFaces: [{ person: 4, image: 6 }],
      passedOver: [{ reason: "text", count: 1 }],
    });
    expect(data.copies).toEqual([
      { left: { person: 1, image: 1 }, right: { person: 1, image: 4 }, isExact: true, isSamePerson: true },
      { left: { person: 2, image: 4 }, right: { person: 3, image: 2 }, isExact: true, isSamePerson: false },
      { left: { person: 1, image: 2 }, right: { person: 1, image: 5 }, isExact: false, isSamePerson: true },
    ]);
  });

  it("shows wrong labels first, with whom they are more alike", () => {
    const [first] = found.assessment.hardCases.labels.filter(({ image }) => image.person === 21);
    expect(first).toMatchObject({ image: { person: 21, image: 4 }, other: { person: 11 } });
    expect(first?.otherScore).toBeGreaterThan(first?.ownScore ?? 1);
    const [top] = found.assessment.hardCases.impostor;
    expect(top).toMatchObject({ left: { person: 2, image: 4 }, right: { person: 3, image: 2 } });
    expect(top?.score).toBeCloseTo(1, 5);
    const scores = found.assessment.hardCases.genuine.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  });

  it("gives rates with intervals, and the thresholds for the wanted errors", () => {
    const { verification, identification, verificationThreshold, searchThreshold } = found.assessment;
    if ("reason" in verification || "reason" in identification) throw new Error("expected rates");
    expect(verification.rates.map(({ far }) => far)).toEqual([0.01, 0.001, 0.0001]);
    expect(verification.rates[2]).toMatchObject({ tar: null, reason: expect.stringContaining("insufficient data") });
    expect(verificationThreshold).toMatchObject({ far: 0.01, threshold: expect.any(Number) });
    expect(identification.sizes.map(({ gallerySize }) => gallerySize)).toEqual([10, 21]);
    if (!("falseNegatives" in searchThreshold)) throw new Error("expected a threshold for searches");
    const { falsePositives, thresholdInterval, threshold, gallerySize } = searchThreshold;
    expect(gallerySize).toBe(21);
    expect(falsePositives.rate).toBeLessThanOrEqual(0.1);
    expect(thresholdInterval.low).toBeLessThanOrEqual(threshold);
    expect(thresholdInterval.high).toBeGreaterThanOrEqual(threshold);
  });

  it("compares groups of a table, and counts people missing on either side", () => {
    const [attribute] = found.assessment.groups;
    expect(attribute).toMatchObject({ name: "side", missingPersonCount: 1, unknownPersonCount: 1 });
    expect(attribute?.comparison.groups?.map(({ name, personCount }) => [name, personCount])).toEqual([
      ["even", 15],
      ["odd", 15],
    ]);
  });

  it("is the same again from what is kept, without a network", async () => {
    const faces = patternNetworks();
    const again = await run({ faces, groups: join(root, "groups.csv") });
    // The networks run for the latency alone, which is another each time.
    expect(faces.embeddedCount()).toBeLessThanOrEqual(2 * 41);
    expect({ ...again.assessment, latency: null }).toEqual({ ...found.assessment, latency: null });
  });

  it("goes on where it was interrupted", async () => {
    const [first, second] = [patternNetworks(), patternNetworks()];
    const controller = new AbortController();
    const keepEmbeddings = join(root, "kept-2");
    const onProgress = (done: number) => {
      if (done === 70) controller.abort(new Error("stopped"));
    };
    const { signal } = controller;
    await expect(run({ faces: first, keepEmbeddings, onProgress, signal })).rejects.toThrow("stopped");
    const done: number[] = [];
    await run({
      faces: second,
      keepEmbeddings,
      onProgress: (count, _, what) => {
        if (what === "photographs") done.push(count);
      },
    });
    expect(first.embeddedCount()).toBeGreaterThanOrEqual(64);
    expect(done[0]).toBeGreaterThan(60);
  });
});

describe("the report", () => {
  it("is one file without names of people, scripts and requests, and well formed", () => {
    const { page } = found;
    const { attributes } = readMarkup(page.replace(/data:image\/jpeg;base64,[\w+/=]+/g, "data:"));
    expect(page).not.toMatch(/Name \d|<script|https?:\/\/(?!www\.w3\.org)/);
    const alts = attributes.filter(([name]) => name === "alt").map(([, value]) => value);
    expect(alts.length).toBeGreaterThan(20);
    for (const alt of alts) expect(alt).toMatch(/^Face: person \d+, image \d+$/);
    expect(page).toContain("This file holds photographs of people");
    const radios = attributes.filter(([name, value]) => name === "type" && value === "radio");
    expect(radios.length).toBeGreaterThan(20);
  });

  it("names people and files only when asked, and leaves images out when asked", async () => {
    const { page, assessment } = await run({ names: true, images: false });
    expect(page).not.toContain("data:image");
    expect(page).not.toContain("This file holds photographs");
    expect(page).toContain(`${nameOf(20)}/zz.png`);
    expect(assessment.hardCases.labels.some(({ image }) => image.file === `${nameOf(20)}/zz.png`)).toBe(true);
  });

  it("is written with its numbers, readable by the owner alone", async () => {
    const path = join(root, "out", "report.html");
    const json = await writeAssessment(path, found);
    expect(json).toBe(join(root, "out", "report.json"));
    expect(await readdir(join(root, "out"))).toEqual(["report.html", "report.json"]);
    for (const file of [path, json]) expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(json, "utf8"))).toMatchObject({ model: "patterns", seed: 1 });
  });

  it("says by name what the data are too few for, instead of a number", async () => {
    for (const person of [0, 1, 2]) {
      await mkdir(join(root, "few", nameOf(person)), { recursive: true });
      for (const image of ["0.png", "2.png"]) {
        await copyFile(join(root, "people", nameOf(person), image), join(root, "few", nameOf(person), image));
      }
    }
    const { assessment, page } = await run({}, "few");
    const reason =
      "insufficient data: 3 people with a face, 3 of them with two photographs, expected at least 10 of each";
    expect(assessment.verification).toEqual({ reason });
    expect(assessment.verificationThreshold).toEqual({ reason });
    expect(assessment.identification).toEqual({ reason: expect.stringContaining("15 people with two photographs") });
    expect(assessment.latency).toBeNull();
    expect(page).toContain("Rates of pairs: not given.");
    expect(page).toContain("Rates of searches: not given.");
  });

  it("refuses options that do not exist, folders without people, and wrong tables before any photograph", async () => {
    const faces = patternNetworks();
    await expect(run({ ...({ fars: 1 } as object) })).rejects.toThrow("got 'fars'");
    await expect(run({}, "nowhere")).rejects.toThrow("there is no such folder");
    await expect(run({ faces, groups: join(root, "people", "notes.txt") })).rejects.toThrow("notes.txt:1: got");
    await expect(run({ confidence: 1 })).rejects.toThrow("confidence: got 1");
    expect(faces.embeddedCount()).toBe(0);
  });
});
