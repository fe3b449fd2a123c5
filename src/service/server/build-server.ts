/**
 * The service: collections of people and the recognition of their faces over HTTP. It is built from parts and does not
 * listen; `serve.ts` makes the parts and listens.
 */
import multipart from "@fastify/multipart";
import { jsonDepth, OptionError } from "../../base/core/index.ts";
import { type App, createApp } from "./app.ts";
import { authenticate } from "./authentication.ts";
import { limitPending } from "./back-pressure.ts";
import { faceRoutes } from "./compreface/faces.ts";
import { recognitionRoutes as comprefaceRecognitionRoutes } from "./compreface/recognition.ts";
import { subjectRoutes as comprefaceSubjectRoutes } from "./compreface/subjects.ts";
import { checkContentTypes } from "./content-types.ts";
import { serveMetrics } from "./metrics.ts";
import { describeApi } from "./openapi.ts";
import { servePages } from "./pages.ts";
import { DEFAULT_LIMITS, type ServerParts } from "./parts.ts";
import { answerProblems, refuseAddress } from "./problems.ts";
import { protect } from "./protection.ts";
import { logRequests } from "./request-log.ts";
import { administrationRoutes } from "./routes/administration.ts";
import { collectionRoutes } from "./routes/collections.ts";
import { healthRoutes } from "./routes/health.ts";
import { identifyRoutes } from "./routes/identify.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { modelRoutes } from "./routes/models.ts";
import { recognitionRoutes } from "./routes/recognition.ts";
import { subjectRoutes } from "./routes/subjects.ts";
import { templateRoutes } from "./routes/templates.ts";
import { ticketRoutes } from "./routes/tickets.ts";

/** Parts of a form besides its files, and headers of each. */
const FORM_LIMITS = { fields: 16, fieldSize: 4096, headerPairs: 32 };

/** The application, ready for requests. Closing it does not close the parts. */
export async function buildServer(parts: ServerParts): Promise<App> {
  const limits = { ...DEFAULT_LIMITS, ...parts.limits };
  const app = createApp({
    bodyLimit: limits.bodyBytes,
    requestTimeout: 1000 * limits.requestSeconds,
    onRefused: refuseAddress,
    logger: { level: parts.logLevel ?? "silent", stream: process.stderr },
  });
  logRequests(app);
  await protect(app, limits, parts.corsOrigins ?? []);
  answerProblems(app);
  limitPending(app, limits);
  authenticate(app, parts.gallery);
  checkContentTypes(app);
  await app.register(multipart, { limits: { ...FORM_LIMITS, fileSize: limits.bodyBytes } });
  readBodies(app);
  await describeApi(app);
  healthRoutes(app, parts);
  ticketRoutes(app, parts);
  collectionRoutes(app, parts);
  subjectRoutes(app);
  templateRoutes(app, parts);
  identifyRoutes(app, parts);
  recognitionRoutes(app, parts);
  jobRoutes(app, parts);
  modelRoutes(app, parts);
  administrationRoutes(app);
  comprefaceSubjectRoutes(app, parts);
  faceRoutes(app, parts);
  comprefaceRecognitionRoutes(app, parts);
  serveMetrics(app, parts);
  await servePages(app, parts.pages);
  await app.ready();
  return app;
}

/** Deepest nesting of a JSON body: the metadata of a person, in a body. */
const DEEPEST_BODY = 34;

/**
 * Reads JSON, and images as their bytes. A JSON body without a byte, as CompreFace's clients send to delete, is no
 * body.
 */
function readBodies(app: App): void {
  app.removeContentTypeParser("text/plain");
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    const text = body.toString();
    if (text === "") done(null, undefined);
    else if (jsonDepth(text, DEEPEST_BODY) <= DEEPEST_BODY) parseJson(request, text, done);
    else
      done(
        new OptionError(`request: got JSON nested deeper than ${DEEPEST_BODY}, the deepest that this service takes`),
      );
  });
  for (const type of [/^image\//, "application/octet-stream"]) {
    app.addContentTypeParser(type, { parseAs: "buffer" }, async (_: unknown, body: Buffer) => body);
  }
}
