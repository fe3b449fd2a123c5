/**
 * Detection, landmarks and embedding with the default networks, compared with `@vladmandic/face-api` in WebAssembly.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeImage } from "../../src/image.ts";
import { renderScene } from "../../src/synthetic.ts";
import { type Measurement, type SuiteOptions, summarize } from "../measurement.ts";

/** Installation of the reference; 350 MB, so not a dependency. */
const PEER_INSTALL = "npm install --no-save @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0";
const IMAGE_COUNT = 24;

/** Detectors of the reference: its default, and its fastest. */
const peers = { ssd: "SSD-MobileNet", tiny: "TinyFaceDetector" } as const;

export async function recognitionSuite({ rounds, threads, photos, onProgress }: SuiteOptions): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), "cosface-recognition-"));
  const images = existsSync(photos) ? listPhotos(photos) : await drawPictures(folder);
  const hasPeer = isInstalled("@tensorflow/tfjs-backend-wasm");
  if (!hasPeer) onProgress(`face-api is not measured: ${PEER_INSTALL}`);
  const results: Measurement[] = [];
  for (const [peer, name] of Object.entries(peers)) {
    onProgress(`recognition compared with face-api, ${name}`);
    const pairs = Array.from({ length: rounds }, () => ({
      ours: measure(["--import", "tsx", "bench/recognition.ts", String(threads), ...images]),
      theirs: hasPeer ? measure(["bench/recognition_peer.mjs", peer, ...images]) : undefined,
    }));
    const what = "detection, landmarks, embedding";
    results.push(
      summarize(
        { measure: what, unit: "images/s", against: `face-api wasm, ${name}` },
        pairs.map(({ ours, theirs }) => ({
          value: ours.imagesPerSecond,
          reference: theirs?.imagesPerSecond ?? null,
        })),
      ),
      summarize(
        { measure: `${what}: threads at work`, unit: "threads", against: "threads given" },
        pairs.map(({ ours }) => ({ value: ours.busyShare * threads, reference: threads })),
      ),
    );
  }
  rmSync(folder, { recursive: true });
  return results;
}

/** The last line of a process; `busyShare` is a share of its threads' time, in this project's output only. */
type Recognition = { readonly imagesPerSecond: number; readonly busyShare: number };

function measure(args: readonly string[]): Recognition {
  const output = execFileSync(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] }).toString();
  return JSON.parse(output.trim().split("\n").at(-1)!) as Recognition;
}

function listPhotos(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".jpg"));
  return files
    .sort()
    .slice(0, IMAGE_COUNT)
    .map((name) => join(folder, name));
}

/** Replacement for missing photographs: images of one drawn person each, of the size of LFW's. */
async function drawPictures(folder: string): Promise<string[]> {
  const images = Array.from({ length: IMAGE_COUNT }, async (_, seed) => {
    const { image } = renderScene({ seed, width: 250, height: 250, minimumFaceHeight: 100 });
    const path = join(folder, `${seed}.png`);
    writeFileSync(path, await encodeImage(image, { format: "png" }));
    return path;
  });
  return Promise.all(images);
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
