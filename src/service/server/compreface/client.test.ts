/** CompreFace's own client, unchanged, against this service. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { CompreFace } from "@exadel/compreface-js-sdk";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Color, facesImage, fakeFaces } from "../../../../test/fake-faces.ts";
import { type Gallery, openGallery } from "../../gallery/index.ts";
import type { App } from "../app.ts";
import { buildServer } from "../build-server.ts";

const RED = [250, 10, 10] as const;
const REDDISH = [240, 20, 15] as const;
const BLUE = [10, 10, 250] as const;

type Answer = Promise<Record<string, unknown>>;
type Face = {
  readonly box: { readonly x_min: number };
  readonly landmarks: unknown;
  readonly subjects: readonly { readonly subject: string; readonly similarity: number }[];
  readonly face_matches: readonly { readonly box: { readonly x_min: number }; readonly similarity: number }[];
};
type Found = Promise<{ readonly result: readonly Face[]; readonly plugins_versions?: unknown }>;
type Image = { readonly image_id: string; readonly subject: string };
type Options = Readonly<Record<string, unknown>>;

/** What the client does, as its documentation says; its own types leave most of it out. */
type Client = {
  initFaceRecognitionService(key: string): {
    recognize(picture: string, options: Options): Found;
    getSubjects(): {
      list(): Answer;
      add(subject: string): Answer;
      rename(from: string, to: string): Answer;
      delete(subject: string): Answer;
      deleteAll(): Answer;
    };
    getFaceCollection(): {
      list(): Answer;
      add(picture: string, subject: string, options: Options): Promise<Image>;
      verify(picture: string, imageId: string, options: Options): Found;
      delete(imageId: string): Answer;
      delete_multiple_images(imageIds: readonly string[]): Answer;
      delete_all_subject(subject: string): Answer;
      delete_all(): Answer;
    };
  };
  initFaceDetectionService(key: string): { detect(picture: string, options: Options): Found };
  initFaceVerificationService(key: string): { verify(source: string, target: string, options: Options): Found };
};

const folder = mkdtempSync(join(tmpdir(), "cosface-compreface-"));
let app: App;
let gallery: Gallery;
let client: Client;
let key: string;
let red: string;
let pair: string;

/** A file as the client takes it: it tells paths from base64 by a leading dot. */
async function file(name: string, ...colors: readonly Color[]): Promise<string> {
  writeFileSync(join(folder, name), await facesImage(...colors));
  return `./${relative(process.cwd(), join(folder, name))}`;
}

beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => {}); // The client prints addresses and keys.
  gallery = await openGallery();
  key = (await gallery.keys.create({ name: "client", scopes: ["admin"] })).key;
  app = await buildServer({ faces: fakeFaces(), gallery });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as { readonly port: number };
  client = new CompreFace("http://127.0.0.1", port as never) as unknown as Client;
  red = await file("red.png", RED);
  pair = await file("pair.png", BLUE, REDDISH);
});
afterAll(async () => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
  await app.close();
  await gallery.close();
});

/** A service of the client for one call: it grows its address with each. */
const recognition = () => client.initFaceRecognitionService(key);

describe("CompreFace's client", () => {
  it("adds, renames and deletes subjects", async () => {
    const subjects = () => recognition().getSubjects();
    expect(await subjects().add("Ann")).toEqual({ subject: "Ann" });
    expect(await subjects().rename("Ann", "Anna")).toEqual({ updated: true });
    expect(await subjects().list()).toEqual({ subjects: ["Anna"] });
    expect(await subjects().delete("Anna")).toEqual({ subject: "Anna" });
    await subjects().add("Ben");
    expect(await subjects().deleteAll()).toEqual({ deleted: 1 });
  });

  it("goes from a subject to a recognized face, and back to nothing", async () => {
    const faces = () => recognition().getFaceCollection();
    const added = await faces().add(red, encodeURIComponent("Ann B"), { det_prob_threshold: 0.8 });
    expect(added).toMatchObject({ subject: "Ann B" });
    expect(await faces().list()).toMatchObject({ faces: [added], total_elements: 1 });

    const options = { limit: 0, det_prob_threshold: 0.8, prediction_count: 1, face_plugins: "landmarks", status: true };
    const { plugins_versions, result } = await recognition().recognize(pair, options);
    expect(plugins_versions).toEqual({ detector: "tiles", calculator: "colors" });
    expect(result.map(({ box }) => box)).toEqual([
      { probability: 0.9, x_min: 0, y_min: 0, x_max: 8, y_max: 8 },
      { probability: 0.9, x_min: 8, y_min: 0, x_max: 16, y_max: 8 },
    ]);
    expect(result[1]!.subjects[0]!.subject).toBe("Ann B");
    expect(result[1]!.subjects[0]!.similarity).toBeGreaterThan(0.99);
    expect(result[0]!.subjects[0]!.similarity).toBeLessThan(0.5);
    expect(result[0]!.landmarks).toHaveLength(5);

    const verified = await faces().verify(pair, added.image_id, { limit: 0 });
    expect(verified.result[1]).toMatchObject({ subject: "Ann B", similarity: result[1]!.subjects[0]!.similarity });
    expect(await faces().delete(added.image_id)).toEqual(added);
    const again = await faces().add(red, "Ann%20B", {});
    expect(await faces().delete_multiple_images([again.image_id])).toEqual({ deleted: [again] });
    await faces().add(red, "Ann%20B", {});
    expect(await faces().delete_all_subject("Ann%20B")).toEqual({ deleted: 1 });
    expect(await faces().delete_all()).toEqual({ deleted: 0 });
  });

  it("detects, limited to the largest", async () => {
    const { result } = await client.initFaceDetectionService(key).detect(pair, { limit: 1 });
    expect(result).toHaveLength(1);
  });

  it("verifies two images, as files and in base64", async () => {
    const service = client.initFaceVerificationService(key);
    const { result } = await service.verify(red, pair, {});
    expect(result[0]!.face_matches.map(({ box }) => box.x_min)).toEqual([8, 0]);
    expect(result[0]!.face_matches[0]!.similarity).toBeGreaterThan(0.99);
    const [first, second] = [await facesImage(RED), await facesImage(BLUE)].map((bytes) => bytes.toString("base64"));
    const other = await service.verify(first!, second!, {});
    expect(other.result[0]!.face_matches[0]!.similarity).toBeLessThan(0.5);
  });

  it("is refused with a wrong key", async () => {
    await expect(client.initFaceRecognitionService("wrong").getSubjects().list()).rejects.toMatchObject({
      response: { status: 401, data: { code: 20, message: expect.stringContaining("no valid key") } },
    });
  });

  it("gets errors in CompreFace's shape from unknown addresses too, as that of a subject named '..' becomes one", async () => {
    const headers = { "x-api-key": key };
    for (const url of ["/api/v1/recognition/subjects/..", "/api/v1/recognition/nothing"]) {
      const answer = await app.inject({ method: "DELETE", url, headers });
      expect([answer.statusCode, answer.json()]).toEqual([404, { code: 11, message: expect.any(String) }]);
    }
  });
});
