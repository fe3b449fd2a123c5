/** Opens the gallery and the networks, listens, and closes everything at the end. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CalibrationError, requireOneOf, UnavailableError } from "../../base/core/index.ts";
import { DEFAULT_QUALITY_LIMITS, type QualityLimits } from "../../faces/face/index.ts";
import { findModel } from "../../faces/models/index.ts";
import { readCalibration, sourcesOf } from "../../faces/people/index.ts";
import { type Gallery, openGallery } from "../gallery/index.ts";
import { galleryLocation, type Settings } from "../settings/index.ts";
import { buildServer } from "./build-server.ts";
import { openFaceThread } from "./face-thread/face-thread.ts";
import { keepHouse } from "./housekeeping.ts";
import type { Threshold } from "./parts.ts";
import { Tickets } from "./tickets.ts";

/** A service that answers. */
export interface RunningService {
  readonly url: string;
  /** The page's address with a ticket that signs in once, from this machine; absent when the service has no pages. */
  readonly signInUrl?: string;
  /** The key with every scope that the first start of an empty gallery creates; it is available here alone. */
  readonly apiKey?: string;
  /** Refuses new requests, answers running ones within a few seconds, and closes everything. */
  close(): Promise<void>;
}

/**
 * Where `npm run build:web` puts the web application: two folders up, in a checkout and in the published package alike.
 */
const PAGES = fileURLToPath(new URL("../../../web/dist", import.meta.url));

/** How long running requests may take when the service ends, before their connections are closed. */
const PATIENCE_MILLISECONDS = 3000;

/** Images that may wait for the networks, for each request that is processed: one can have several. */
const IMAGES_PER_REQUEST = 2;

/**
 * Starts the service.
 * @throws {UnavailableError} when the port is taken, the database does not answer, or another process holds its folder.
 * @throws {ModelError} when a network cannot be opened.
 * @throws {OptionError} when a limit of quality is unknown.
 */
export async function serve(settings: Settings): Promise<RunningService> {
  requireQualityLimits(settings.quality);
  const gallery = await openGallery(await galleryLocation(settings));
  try {
    return await listen(settings, gallery);
  } catch (error) {
    await gallery.close();
    throw error;
  }
}

async function listen(settings: Settings, gallery: Gallery): Promise<RunningService> {
  const { host, maxPending, maxPixels, maxSide, maxAspect, maxSeconds, port, threads } = settings;
  const limits = { maxPixels, maxSide, maxAspect, maxSeconds };
  const [model, detector] = [findModel(settings.model), findModel(settings.detector)];
  const maximumPending = IMAGES_PER_REQUEST * maxPending;
  const faces = await openFaceThread({ model, detector, threads, limits, maximumPending });
  const tickets = new Tickets();
  const hasPages = existsSync(PAGES);
  try {
    const app = await buildServer({
      faces,
      gallery,
      tickets,
      thresholds: await calibratedThresholds(model, faces.model.id),
      qualityLimits: settings.quality ?? {},
      ...(hasPages ? { pages: PAGES } : {}),
      corsOrigins: settings.corsOrigins,
      logLevel: settings.logLevel,
      limits: { bodyBytes: settings.maxBody, requestsPerMinute: settings.rateLimit, pendingRequests: maxPending },
    });
    const url = await app.listen({ host, port }).catch((cause: NodeJS.ErrnoException) => {
      throw new UnavailableError(`serve: cannot listen at ${host}:${port}: ${cause.code ?? "error"}`, { cause });
    });
    const apiKey = await makeFirstKey(gallery);
    const house = keepHouse(gallery, settings, app.log);
    const close = async () => {
      house.stop();
      const cut = setTimeout(() => app.server.closeAllConnections(), PATIENCE_MILLISECONDS);
      await app.close();
      clearTimeout(cut);
      await faces.close();
      await gallery.close();
    };
    return {
      url,
      close,
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(hasPages ? { signInUrl: `${localUrl(url)}/#/sign-in/${tickets.issue()}` } : {}),
    };
  } catch (error) {
    await faces.close();
    throw error;
  }
}

/** The address by which this machine reaches a service that listens at all addresses. */
function localUrl(url: string): string {
  return url.replace(/\/\/(?:0\.0\.0\.0|\[::\])(?=:|$)/, "//127.0.0.1");
}

/** @throws {OptionError} */
function requireQualityLimits(limits: Readonly<Record<string, number>> = {}): asserts limits is Partial<QualityLimits> {
  const names = Object.keys(DEFAULT_QUALITY_LIMITS);
  for (const name of Object.keys(limits)) requireOneOf("quality", name, names);
}

/** Nobody can use a gallery without a key, so the first start creates one; `cosface keys` creates others. */
async function makeFirstKey({ keys }: Gallery): Promise<string | undefined> {
  if ((await keys.list()).length > 0) return undefined;
  const { key } = await keys.create({ name: "first", scopes: ["admin"] });
  return key;
}

/** The thresholds of the calibration that comes with the model or lies beside its file; none without one. */
async function calibratedThresholds(model: string, id: string): Promise<Threshold[]> {
  try {
    const calibration = await readCalibration(model, id);
    return calibration.thresholds.flatMap((entry) =>
      entry.threshold === null
        ? []
        : [{ far: entry.far, threshold: entry.threshold, sources: sourcesOf(calibration, entry) }],
    );
  } catch (error) {
    if (error instanceof CalibrationError) return [];
    throw error;
  }
}
