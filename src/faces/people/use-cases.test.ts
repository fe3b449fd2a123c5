/** Verify, identify, enroll, sort and calibrate, over aligned crops of drawn people and pooled pixels. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PIXEL_CONTRACT, writePixelEmbedder } from "../../../test/support/networks.ts";
import { CalibrationError, FaceError, GalleryError, ImageError, OptionError } from "../../base/core/index.ts";
import { encodeImage } from "../../base/image/index.ts";
import { renderFace, syntheticIdentity } from "../../training/synthetic/index.ts";
import { openEmbedder } from "../embedder/index.ts";
import { alignedCrops, type FacePipeline, facePipeline, openFaces } from "../face/index.ts";
import {
  type Calibration,
  calibrateFolder,
  calibrateFolders,
  enroll,
  identify,
  openPeople,
  type PeopleStore,
  readCalibration,
  sortPhotographs,
  sourcesOf,
  verify,
  writeCalibration,
} from "./index.ts";

const PEOPLE = 8;
let root: string;
let people: string;
let faces: FacePipeline;

const photograph = (person: number, image: number) => join(people, `person ${person}`, `${image}.png`);

async function drawn(person: number, seed: number): Promise<Uint8Array> {
  const { image } = renderFace(syntheticIdentity(3, person), { seed, difficulty: 0.05 });
  return encodeImage(image, { format: "png" });
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "cosface-people-"));
  people = join(root, "people");
  for (let person = 0; person < PEOPLE; person++) {
    await mkdir(join(people, `person ${person}`), { recursive: true });
    for (let image = 0; image < 3; image++) {
      await writeFile(photograph(person, image), await drawn(person, 10 * person + image));
    }
  }
  const model = join(root, "pixels.onnx");
  await writePixelEmbedder(model);
  faces = facePipeline(alignedCrops(), await openEmbedder(model, PIXEL_CONTRACT, { threads: 1 }));
});
afterAll(async () => {
  await faces.close();
  await rm(root, { recursive: true });
});

/** A detector that finds a given number of faces. */
function seeing(count: number): FacePipeline {
  const { embedder, detector } = faces;
  const detect: typeof detector.detect = async (image) => {
    const [face] = await detector.detect(image);
    return Array.from({ length: count }, () => face!);
  };
  return facePipeline({ ...detector, detect }, embedder);
}

describe("verify", () => {
  it("compares photographs in any form", async () => {
    const bytes = await readFile(photograph(0, 1));
    const same = await verify(photograph(0, 0), bytes, { faces, threshold: 0.5 });
    expect(same).toMatchObject({ threshold: 0.5, far: null, model: faces.embedder.id });
    expect(same.same).toBe(same.score >= 0.5);
    const other = await verify(photograph(0, 0), photograph(4, 0), { faces, threshold: 0.5 });
    expect(other.score).toBeLessThan(same.score);
  });

  it("names the photograph that has no face, or several, or cannot be read", async () => {
    const none = verify(photograph(0, 0), photograph(0, 1), { faces: seeing(0), threshold: 0 });
    await expect(none).rejects.toThrow(FaceError);
    await expect(none).rejects.toThrow(`${photograph(0, 0)}: no face found`);
    const several = verify(await readFile(photograph(0, 0)), photograph(0, 1), { faces: seeing(2), threshold: 0 });
    await expect(several).rejects.toThrow("first photograph: 2 faces found, expected one");
    const largest = verify(photograph(0, 0), photograph(0, 0), { faces: seeing(2), threshold: 0, face: "largest" });
    expect((await largest).score).toBeCloseTo(1, 6);
    const damaged = verify(photograph(0, 0), Buffer.from("text"), { faces, threshold: 0 });
    await expect(damaged).rejects.toThrow(/^second photograph: image: got/);
    const foreign = verify(photograph(0, 0), 7 as unknown as string, { faces, threshold: 0 });
    await expect(foreign).rejects.toThrow("second photograph: image: got a number");
  });

  it("refuses a model that is not calibrated, a threshold that is not a cosine, and an aborted call", async () => {
    await expect(verify(photograph(0, 0), photograph(0, 1), { faces })).rejects.toThrow(CalibrationError);
    const percent = verify(photograph(0, 0), photograph(0, 1), { faces, threshold: 50 });
    await expect(percent).rejects.toThrow(OptionError);
    const signal = AbortSignal.abort();
    await expect(verify(photograph(0, 0), photograph(0, 1), { faces, threshold: 0, signal })).rejects.toThrow(
      signal.reason,
    );
  });
});

describe("identify", () => {
  it("finds the person by the folder's path, and nobody for an unknown face", async () => {
    const [known] = await identify(photograph(2, 1), people, { faces, threshold: 0.999 });
    expect(known).toMatchObject({ name: "person 2", matches: [{ name: "person 2" }], threshold: 0.999, far: null });
    const [unknown] = await identify(await drawn(99, 1), people, { faces, threshold: 0.999 });
    expect(unknown).toMatchObject({ name: null, matches: [] });
    expect(unknown!.nearestScore).toBeLessThan(0.999);
  });

  it("refuses people of another model, and what is not a store of people", async () => {
    const store = await openPeople(people, faces);
    const other: PeopleStore = {
      model: "other",
      size: store.size,
      identify: store.identify.bind(store),
      areEnrolled: store.areEnrolled.bind(store),
      enroll: store.enroll.bind(store),
    };
    await expect(identify(photograph(0, 0), other, { faces, threshold: 0 })).rejects.toThrow(GalleryError);
    const foreign = identify(photograph(0, 0), 5 as unknown as string, { faces, threshold: 0 });
    await expect(foreign).rejects.toThrow("people: got a number, expected the path of a folder");
  });

  it("excludes a person by a negative of the folder that has the person's name", async () => {
    const negatives = join(root, "negatives");
    await mkdir(join(negatives, "person 2"), { recursive: true });
    await writeFile(join(negatives, "person 2", "0.png"), await readFile(photograph(2, 1)));
    const store = await openPeople(people, faces, { negatives });
    const [found] = await identify(photograph(2, 1), store, { faces, threshold: -1, limit: 20 });
    expect(found!.matches.map(({ name }) => name)).not.toContain("person 2");
    expect(found!.matches).toHaveLength(PEOPLE - 1);
    await rm(negatives, { recursive: true });
  });
});

describe("enroll", () => {
  it("adds photographs to a folder, once each, and finds them", async () => {
    const folder = join(root, "enrolled");
    const first = await enroll({ name: "Ann", photograph: photograph(0, 0) }, folder, { faces });
    expect(first).toMatchObject({ doneCount: 1, enrolledCount: 1, knownCount: 0, leftOut: [] });
    const several = [0, 1].map((image) => ({ name: "Ann", photograph: photograph(0, image) }));
    expect(await enroll(several, folder, { faces })).toMatchObject({ enrolledCount: 1, knownCount: 1 });
    expect(await readdir(join(folder, "Ann"))).toHaveLength(2);
    const [found] = await identify(photograph(0, 1), folder, { faces, threshold: 0.999 });
    expect(found!.name).toBe("Ann");
  });

  it("takes equivalent spellings of a name for one person", async () => {
    const folder = join(root, "equivalent");
    const [composed, decomposed] = ["Jos\u00e9", "Jose\u0301"];
    const both = [composed, decomposed].map((name, image) => ({ name: name!, photograph: photograph(0, image) }));
    await enroll(both, folder, { faces });
    expect(await readdir(folder)).toContain(composed);
    const [found] = await identify(photograph(0, 0), folder, { faces, threshold: -1 });
    expect(found!.matches.map(({ name }) => name)).toEqual([composed]);
    // A file system may hold both spellings.
    await rename(join(folder, composed!), join(folder, decomposed!));
    await mkdir(join(folder, composed!));
    await writeFile(join(folder, composed!, "more.png"), await readFile(photograph(0, 2)));
    const [joined] = await identify(photograph(0, 0), folder, { faces, threshold: -1 });
    expect(joined!.matches.map(({ name }) => name)).toEqual([composed]);
  });

  it.each([["."], [".."], ["a/b"], ["a\u0007"], [""], [".hidden"]])(
    "refuses %j as the name of a folder",
    async (name) => {
      const refused = enroll({ name, photograph: photograph(0, 0) }, join(root, "names"), { faces });
      await expect(refused).rejects.toThrow("people: this name cannot name a folder: expected one");
    },
  );

  it("leaves out and names photographs without a face, with several, and those that cannot be read", async () => {
    const text = join(root, "text.jpg");
    await writeFile(text, "text");
    const list = [
      { name: "Ann", photograph: text },
      { name: "Ann", photograph: join(root, "missing.jpg") },
      { name: "Ann", photograph: photograph(0, 0), source: "of two" },
    ];
    const { leftOut, enrolledCount } = await enroll(list, join(root, "left"), { faces: seeing(2) });
    expect(enrolledCount).toBe(0);
    expect(leftOut.map(({ source }) => source).sort()).toEqual([join(root, "missing.jpg"), "of two", text].sort());
    expect(leftOut.find(({ source }) => source === "of two")).toMatchObject({
      reason: expect.stringMatching(/^2 faces/),
    });
    await expect(enroll({} as never, people, { faces })).rejects.toThrow(
      "photographs: got an object with no fields, expected",
    );
  });

  it("leaves out and names a folder that cannot name a person, and enrolls the others", async () => {
    const [from, into] = [join(root, "odd names"), join(root, "odd people")];
    for (const [i, name] of ["Ann", "tab\there"].entries()) {
      await mkdir(join(from, name), { recursive: true });
      await writeFile(join(from, name, "0.png"), await drawn(i, 90 + i));
    }
    const { enrolledCount, leftOut } = await enroll(from, into, { faces });
    expect(enrolledCount).toBe(1);
    expect(leftOut).toMatchObject([
      { source: "tab\there/0.png", reason: expect.stringContaining("the folder cannot name a person") },
    ]);
    expect((await readdir(into)).filter((name) => !name.startsWith("."))).toEqual(["Ann"]);
  });

  it("throws the error of a single photograph, and writes nothing", async () => {
    const folder = join(root, "single");
    const enrollOne = (photograph: string | Uint8Array, networks = faces) =>
      enroll({ name: "Ann", photograph }, folder, { faces: networks });
    const missing = join(root, "missing.jpg");
    await expect(enrollOne(missing)).rejects.toThrow(ImageError);
    await expect(enrollOne(missing)).rejects.toThrow(missing);
    await expect(enrollOne(Buffer.from("text"))).rejects.toThrow(ImageError);
    await expect(enrollOne(photograph(0, 0), seeing(0))).rejects.toThrow(FaceError);
    await expect(enrollOne(photograph(0, 0), seeing(0))).rejects.toThrow(`${photograph(0, 0)}: no face`);
    await expect(enrollOne(photograph(0, 0), seeing(2))).rejects.toThrow(/: 2 faces/);
    expect(await readdir(folder)).toEqual([]);
    expect(await enrollOne(photograph(0, 0))).toMatchObject({ enrolledCount: 1, leftOut: [] });
  });

  it("writes what is embedded when it is interrupted, and the same call continues", async () => {
    const folder = join(root, "interrupted");
    const controller = new AbortController();
    const onProgress = ({ doneCount }: { doneCount: number }) => {
      if (doneCount === 6) controller.abort();
    };
    const options = { faces, batchSize: 4, onProgress, signal: controller.signal };
    await expect(enroll(people, folder, options)).rejects.toThrow(controller.signal.reason);
    const rest = await enroll(people, folder, { faces, batchSize: 4 });
    expect(rest.knownCount).toBeGreaterThanOrEqual(6);
    expect(rest.enrolledCount).toBe(3 * PEOPLE - rest.knownCount);
  });
});

describe("options", () => {
  const [a, b] = ["a.jpg", "b.jpg"];
  const calibration = { model: "m", thresholds: [] } as never;
  const misspelled = { faces: undefined as never, thresold: 0.5 } as object;
  it.each<[string, () => Promise<unknown>, string]>([
    ["verify", () => verify(a, b, misspelled), "got 'thresold', expected any of .*: did you mean 'threshold'"],
    ["identify", () => identify(a, people, misspelled), "got 'thresold', .*did you mean 'threshold'"],
    ["enroll", () => enroll(people, people, { keepCrop: true } as object), "did you mean 'keepCrops'"],
    ["openPeople", () => openPeople(people, faces, { cahce: false } as object), "did you mean 'cache'"],
    ["openFaces", () => openFaces({ modle: "x.onnx" } as object), "did you mean 'model'"],
    ["openFaces, a number", () => openFaces(5 as never), "got a number, expected an object"],
    ["sortPhotographs", () => sortPhotographs([a], async (x) => x, faces, misspelled), "got 'faces', expected any of"],
    ["calibrateFolder", () => calibrateFolder(people, faces, { far: [0.1] } as object), "did you mean 'fars'"],
    ["faces as the options", () => verify(a, b, faces as object), "got a value of type Pipeline, expected an object"],
    ["a face rule", () => verify(photograph(0, 0), photograph(0, 1), { face: "largset" } as never), "got 'largset'"],
    ["a face rule", () => enroll(people, people, { face: "largset" } as never), "face: got 'largset', expected one of"],
    [
      "a rate",
      () => verify(photograph(0, 0), photograph(0, 1), { faces, far: 2, calibration }),
      "far: got 2, expected",
    ],
    ["a file to enroll", () => enroll(photograph(0, 0), people, { faces }), "got the path of a file, expected { name"],
    ["no networks", () => verify(a, b, { faces: openFaces as never }), "faces: got a function, expected"],
    ["no function", () => sortPhotographs([a], faces as never, undefined as never), "in place of a function"],
    ["no networks", () => openPeople(people, undefined as never), "faces: got undefined, expected"],
  ])("of %s are checked", async (_, call, message) => {
    await expect(call()).rejects.toThrow(OptionError);
    await expect(call()).rejects.toThrow(new RegExp(message));
  });
});

describe("openPeople", () => {
  it("says that there is no such folder", async () => {
    const folder = join(root, "no-such-folder");
    await expect(openPeople(folder, faces)).rejects.toThrow(`${folder}: there is no such folder`);
  });

  it("keeps embeddings of the photographs that the folder holds now, for its owner alone", async () => {
    const folder = join(root, "kept");
    await enroll(people, folder, { faces });
    const file = join(folder, `.cosface-${faces.embedder.id}.json`);
    const keptCount = async () => {
      const { faces: kept } = JSON.parse(await readFile(file, "utf8")) as { faces: object };
      return Object.keys(kept).length;
    };
    expect(await keptCount()).toBe(3 * PEOPLE);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await rm(join(folder, "person 3"), { recursive: true });
    await openPeople(folder, faces);
    expect(await keptCount()).toBe(3 * (PEOPLE - 1));
    await openPeople(folder, faces, { cache: false });
    expect(await keptCount()).toBe(3 * (PEOPLE - 1));
  });

  it("keeps nothing of people who are gone for models that are not used any more, readable by all or not", async () => {
    const known = join(root, "models of before");
    for (const person of [0, 1]) {
      await mkdir(join(known, `person ${person}`), { recursive: true });
      await writeFile(join(known, `person ${person}`, "0.png"), await drawn(person, 70 + person));
    }
    await openPeople(known, faces);
    const [kept = ""] = (await readdir(known)).filter((name) => name.startsWith(".cosface-"));
    const other = join(known, ".cosface-0123456789abcdef.json");
    await writeFile(other, await readFile(join(known, kept)), { mode: 0o644 });
    await chmod(join(known, kept), 0o644);
    await rm(join(known, "person 1"), { recursive: true });
    await openPeople(known, faces);
    for (const file of [other, join(known, kept)]) {
      expect(Object.keys(JSON.parse(await readFile(file, "utf8")).faces)).toHaveLength(1);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
    await rm(join(known, "person 0"), { recursive: true });
    await openPeople(known, faces, { create: true });
    expect((await readdir(known)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("leaves out and names a dangling link, a file without permission and text, and uses the others", async () => {
    const folder = join(root, "odd");
    await mkdir(join(folder, "Ann"), { recursive: true });
    await writeFile(join(folder, "Ann", "good.png"), await readFile(photograph(0, 0)));
    await writeFile(join(folder, "Ann", "text.jpg"), "text");
    await symlink(join(root, "nowhere"), join(folder, "Ann", "link.png"));
    const store = await openPeople(folder, faces);
    const named = [...store.skipped.map(({ file }) => file), ...store.passedOver.map(({ name }) => name)];
    expect(named.sort()).toEqual(["Ann/link.png", "Ann/text.jpg"]);
    const [found] = await identify(photograph(0, 0), store, { faces, threshold: 0.999 });
    expect(found!.name).toBe("Ann");
  });

  it("works in a folder that cannot be written", async () => {
    const folder = join(root, "read-only");
    await mkdir(join(folder, "Ann"), { recursive: true });
    await writeFile(join(folder, "Ann", "0.png"), await readFile(photograph(0, 0)));
    await chmod(folder, 0o555);
    expect((await openPeople(folder, faces)).known.personCount).toBe(1);
    await chmod(folder, 0o755);
  });

  it("embeds again when the file of embeddings is damaged", async () => {
    const folder = join(root, "damaged");
    await mkdir(join(folder, "Ann"), { recursive: true });
    await writeFile(join(folder, "Ann", "0.png"), await readFile(photograph(0, 0)));
    const file = join(folder, `.cosface-${faces.embedder.id}.json`);
    await openPeople(folder, faces);
    const whole = JSON.parse(await readFile(file, "utf8")) as { detector: string; faces: Record<string, unknown> };
    const [digest] = Object.keys(whole.faces);
    for (const kept of [
      "[]",
      "null",
      "{",
      '{"detector": "none: aligned crops", "faces": null}',
      JSON.stringify({ ...whole, faces: { [digest!]: 7 } }),
      JSON.stringify({ ...whole, faces: { [digest!]: "AAAA" } }),
      JSON.stringify({ ...whole, faces: { [digest!]: Buffer.alloc(4 * 768, 0xff).toString("base64") } }),
    ]) {
      await writeFile(file, kept);
      const [found] = await identify(photograph(0, 0), folder, { faces, threshold: -1 });
      expect(found!.nearestScore, kept).toBeCloseTo(1, 5);
    }
  });
});

describe("sortPhotographs", () => {
  it("sorts faces into people, and lists what could not be read", async () => {
    const paths = [0, 1, 2].flatMap((person) => [0, 1, 2].map((image) => photograph(person, image)));
    const seen: number[] = [];
    const options = { threshold: 0.97, onProgress: (done: number) => seen.push(done) };
    const sorted = await sortPhotographs([...paths, join(root, "gone.png")], async (path) => path, faces, options);
    expect(sorted).toMatchObject({ photographCount: 10, faceCount: 9, threshold: 0.97, far: null });
    expect(sorted.unreadable.map(({ item }) => item)).toEqual([join(root, "gone.png")]);
    expect(sorted.people.flat().length + sorted.unassigned.length).toBe(9);
    for (const person of sorted.people) {
      expect(new Set(person.map(({ item }) => item.split("/").at(-2))).size).toBe(1);
    }
    expect(seen).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
  });

  it("ends with the signal's reason", async () => {
    const signal = AbortSignal.abort();
    const sorted = sortPhotographs([photograph(0, 0)], async (path) => path, faces, { threshold: 0, signal });
    await expect(sorted).rejects.toThrow(signal.reason);
  });
});

describe("calibrateFolders", () => {
  const options = { fars: [0.1], cache: false, aligned: true };

  it("calibrates on one folder as calibrateFolder does", async () => {
    const { calibration } = await calibrateFolders([{ name: "drawn", folder: people }], faces, options);
    expect(calibration).toEqual((await calibrateFolder(people, faces, { ...options, name: "drawn" })).calibration);
    expect(calibration).toMatchObject({ measuredOn: "drawn", target: "drawn", sources: [{ measuredOn: "drawn" }] });
  });

  it("joins folders and an earlier calibration, and says which photographs each threshold comes from", async () => {
    const folders = [
      { name: "left", folder: people },
      { name: "right", folder: people },
    ];
    const { calibration } = await calibrateFolders(folders, faces, options);
    expect(calibration).toMatchObject({ measuredOn: "left; right", target: null, identityCount: 2 * PEOPLE });
    const [entry] = calibration.thresholds;
    const pairCount = (24 * 23) / 2;
    expect(sourcesOf(calibration, entry!)).toEqual(
      ["left", "right"].map((name) => ({ name, identityCount: PEOPLE, imageCount: 3 * PEOPLE, pairCount })),
    );

    const own = [{ name: "right", folder: people }];
    const { calibration: updated } = await calibrateFolders(own, faces, { ...options, from: calibration });
    expect(updated).toMatchObject({ measuredOn: "left; right", target: "right" });
    // A second update replaces what the first one measured on photographs of the same name.
    const { calibration: again } = await calibrateFolders(own, faces, { ...options, from: updated });
    expect(again).toEqual(updated);

    const found = await verify(photograph(0, 0), photograph(0, 1), { faces, calibration: updated, far: 0.1 });
    expect(found.sources).toEqual(sourcesOf(updated, updated.thresholds[0]!));
    expect(found.farInterval?.low).toBeLessThan(0.1);
    expect(found.farInterval?.high).toBeGreaterThan(0.1);
  });

  it("refuses an earlier calibration that cannot take part, and sources without names of their own", async () => {
    const [name, folder] = ["drawn", people];
    const { calibration } = await calibrateFolders([{ name, folder }], faces, options);
    const updating = (from: Calibration) => calibrateFolders([{ name, folder }], faces, { ...options, from });
    await expect(updating({ ...calibration, model: "f00" })).rejects.toThrow("got that of model f00");
    const { sources: _, ...older } = calibration;
    await expect(updating(older)).rejects.toThrow("calibrate its photographs again");
    const twice = [
      { name, folder },
      { name, folder },
    ];
    await expect(calibrateFolders(twice, faces, options)).rejects.toThrow("two sources of the same name");
    await expect(calibrateFolders([], faces, options)).rejects.toThrow("folders: got none");
  });
});

describe("calibrateFolder", () => {
  it("writes no calibration that supports no rate, and keeps what one supports in place of less", async () => {
    const { calibration } = await calibrateFolder(people, faces, { fars: [0.1, 1e-4], cache: false });
    expect(calibration.thresholds.map(({ threshold }) => threshold === null)).toEqual([false, true]);
    const file = join(root, "kept.calibration.json");
    await writeCalibration(file, calibration);
    const before = await readFile(file, "utf8");

    const two = join(root, "two");
    for (const person of [0, 1]) {
      await mkdir(join(two, `person ${person}`), { recursive: true });
      for (const image of [0, 1]) {
        await writeFile(join(two, `person ${person}`, `${image}.png`), await readFile(photograph(person, image)));
      }
    }
    const { calibration: less } = await calibrateFolder(two, faces, { fars: [1e-3], cache: false });
    await expect(writeCalibration(file, less)).rejects.toThrow(
      /^calibration: the photographs support none of the rates/,
    );
    expect(await readFile(file, "utf8")).toBe(before);

    // Another rate is added, and the threshold at 0.1 stays as it was measured.
    const { calibration: other } = await calibrateFolder(people, faces, { fars: [0.2], name: "again", cache: false });
    const merged = await writeCalibration(file, other);
    expect(merged.thresholds.map(({ far }) => far)).toEqual([0.2, 0.1]);
    expect(merged.thresholds[1]).toMatchObject({
      ...calibration.thresholds[0],
      keptFrom: { measuredOn: "your own photographs" },
    });
    await rename(file, `${faces.embedder.source}.calibration.json`);
    expect(await readCalibration(faces.embedder.source, faces.embedder.id)).toEqual(merged);
    const [known] = await identify(photograph(0, 0), people, { faces, far: 0.1 });
    expect(known).toMatchObject({ name: "person 0", far: 0.1 });
  });
});
