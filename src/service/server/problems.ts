/** Errors as answers: RFC 9457's `application/problem+json`, with the codes that every part of cosface uses. */
import { STATUS_CODES } from "node:http";
import {
  CosfaceError,
  InternalError,
  NotFoundError,
  OptionError,
  QualityError,
  RateError,
  TooLargeError,
} from "../../base/core/index.ts";
import { type App, type Reply, type Request, Type } from "./app.ts";

/** HTTP's status for each code of docs/reference/errors.md. */
export const problemStatus: Readonly<Record<string, number>> = {
  COSFACE_SHAPE: 400,
  COSFACE_OPTION: 400,
  COSFACE_UNAUTHORIZED: 401,
  COSFACE_FORBIDDEN: 403,
  COSFACE_NOT_FOUND: 404,
  COSFACE_CONFLICT: 409,
  COSFACE_GALLERY: 409,
  COSFACE_TOO_LARGE: 413,
  COSFACE_DATASET: 422,
  COSFACE_IMAGE: 422,
  COSFACE_FACE: 422,
  COSFACE_QUALITY: 422,
  COSFACE_CALIBRATION: 422,
  COSFACE_RATE: 429,
  COSFACE_MODEL: 500,
  COSFACE_DEVICE: 500,
  COSFACE_DIVERGENCE: 500,
  COSFACE_TRAINING: 500,
  COSFACE_INTERNAL: 500,
  COSFACE_DOWNLOAD: 502,
  COSFACE_UNAVAILABLE: 503,
};

/** One reason why a face is not good enough; docs/reference/errors.md has the codes. */
export const Reason = { code: Type.String(), message: Type.String(), value: Type.Number(), limit: Type.Number() };

/** The schema of an error's answer. */
export const Problem = Type.Object(
  {
    type: Type.Literal("about:blank"),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.String(),
    instance: Type.String({ description: "Id of the request in the log" }),
    reasons: Type.Optional(
      Type.Array(Type.Object(Reason), { description: "What is wrong with a face, where that was the reason" }),
    ),
  },
  { description: "RFC 9457" },
);

/** All that is told of a fault. */
const INTERNAL = new InternalError("internal: the request could not be answered: the log has the reason");

/** Seconds after which it is worth asking again. */
const RETRY_AFTER_SECONDS = 1;

/** Answers every error with a problem, and writes those that are faults to the log: where, never what was given. */
export function answerProblems(app: App): void {
  app.setErrorHandler((error, request, reply) => {
    const known = asCosfaceError(error);
    const status = problemStatus[known.code] ?? 500;
    if (status >= 500 && status !== 503) request.log.error(describeFault(error), "fault");
    return sendProblem(request, reply, known);
  });
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) =>
    sendProblem(request, reply, new NotFoundError("there is no such address: /openapi.json lists those there are")),
  );
}

/** Answers an address that no route can be found for. It may hold a name, so it is not told again. */
export function refuseAddress(request: Request, reply: Reply): void {
  const message = "request: got an address with a part that is too long or wrongly encoded, expected UTF-8 in %XX";
  sendProblem(request, reply, new OptionError(message));
}

function sendProblem(request: Request, reply: Reply, error: CosfaceError): Reply {
  const { code, message } = error;
  const status = problemStatus[code] ?? 500;
  if (status === 503) reply.header("retry-after", RETRY_AFTER_SECONDS);
  if (status === 401) reply.header("www-authenticate", "Bearer");
  return reply
    .code(status)
    .type("application/problem+json")
    .serializer(JSON.stringify)
    .send({
      type: "about:blank",
      title: STATUS_CODES[status],
      status,
      code,
      detail: code === INTERNAL.code ? INTERNAL.message : message,
      instance: request.id,
      ...(error instanceof QualityError ? { reasons: error.reasons } : {}),
    });
}

/** What the framework refuses on its own has one of our codes too. */
function asCosfaceError(error: unknown): CosfaceError {
  if (error instanceof CosfaceError) return error;
  const { statusCode = 500, message } = error as { readonly statusCode?: number; readonly message: string };
  if (statusCode === 413) return new TooLargeError("request: larger than this service takes");
  if (statusCode === 429) return new RateError(message);
  if (statusCode === 404) return new NotFoundError(message);
  if (statusCode >= 400 && statusCode < 500) return new OptionError(`request: ${message}`);
  return INTERNAL;
}

/** Name, code and places of an error. Messages of drivers can hold what was given to them, so they stay out of the log. */
export function describeFault(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code } = error as NodeJS.ErrnoException;
  const message = error instanceof CosfaceError ? error.message : undefined;
  const stack = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { error: error.name, code, message, stack };
}
