/**
 * Errors as answers: RFC 9457's `application/problem+json` with the codes that every part of cosface uses, or
 * CompreFace's shape on its routes.
 */
import { STATUS_CODES } from "node:http";
import {
  CosfaceError,
  FaceError,
  InternalError,
  MediaTypeError,
  MethodError,
  NotFoundError,
  OptionError,
  QualityError,
  RateError,
  similarName,
  TooLargeError,
} from "../../base/core/index.ts";
import type { App, Reply, Request } from "./app.ts";
import { methodsOf } from "./contract-paths.ts";

/** The only detail that a caller gets of a fault. */
const INTERNAL = new InternalError("internal: the request could not be answered: the log has the reason");

/** Seconds after which it is worth asking again. */
const RETRY_AFTER_SECONDS = 1;

/** Answers every error, and logs those that are faults of the service: where, without the data that was given. */
export function answerProblems(app: App): void {
  app.setErrorHandler((error, request, reply) => {
    const known = asCosfaceError(error, request);
    const { statusCode } = known;
    if (statusCode >= 500 && statusCode !== 503) request.log.error(describeFault(error), "fault");
    return sendProblem(request, reply, known);
  });
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) =>
    sendProblem(request, reply, unknownAddress(request)),
  );
}

/** Answers an address that cannot be decoded. It may hold a name, so the answer does not repeat it. */
export function refuseAddress(request: Request, reply: Reply): void {
  const message = "request: got an address with a part that is too long or wrongly encoded, expected UTF-8 in %XX";
  sendProblem(request, reply, new OptionError(message));
}

function unknownAddress(request: Request): CosfaceError {
  const { method, url } = request;
  const path = url.split("?")[0] ?? "";
  const allowed = methodsOf(path);
  if (allowed.length > 0) {
    const expected = allowed.join(", ");
    return new MethodError(`request: got ${method}, expected ${expected} at this address`, { allowed });
  }
  if (hasEndSlash(request)) return endSlash();
  return new NotFoundError("request: there is no such address: /openapi.json lists all addresses");
}

/** Whether an address would be known without the slash at its end. */
function hasEndSlash({ url }: Request): boolean {
  const path = url.split("?")[0] ?? "";
  return path.endsWith("/") && methodsOf(path.replace(/\/+$/, "")).length > 0;
}

function endSlash(): NotFoundError {
  return new NotFoundError("request: got an address with a slash at its end: leave the slash out");
}

function sendProblem(request: Request, reply: Reply, error: CosfaceError): Reply {
  const { statusCode } = error;
  if (statusCode === 503) reply.header("retry-after", RETRY_AFTER_SECONDS);
  if (statusCode === 401) reply.header("www-authenticate", "Bearer");
  if (error instanceof MethodError) reply.header("allow", error.allowed.join(", "));
  return isCompreface(request) ? sendCompreface(reply, error) : sendRfc9457(request, reply, error);
}

/** CompreFace's routes, and unknown addresses beside them: its clients expect its errors there too. */
function isCompreface({ routeOptions, url }: Request): boolean {
  return routeOptions.config?.errors === "compreface" || url.startsWith("/api/v1/");
}

function sendRfc9457(request: Request, reply: Reply, error: CosfaceError): Reply {
  const { code, statusCode } = error;
  return reply
    .code(statusCode)
    .type("application/problem+json")
    .serializer(JSON.stringify)
    .send({
      type: "about:blank",
      title: STATUS_CODES[statusCode],
      status: statusCode,
      code,
      detail: detailOf(error),
      instance: request.id,
      ...(error instanceof QualityError ? { reasons: error.reasons } : {}),
    });
}

/**
 * CompreFace's `{ message, code }` with the status of its own. A key that is wrong keeps HTTP's 401.
 * @see https://github.com/exadel-inc/CompreFace, CommonExceptionCode.java
 */
function sendCompreface(reply: Reply, error: CosfaceError): Reply {
  const { message, number, status } = comprefaceError(error);
  return reply.code(status).type("application/json").serializer(JSON.stringify).send({ message, code: number });
}

function comprefaceError(error: CosfaceError): { message: string; number: number; status: number } {
  const { statusCode } = error;
  if (error instanceof FaceError) {
    return (error.faceCount ?? 0) > 1
      ? { message: "Found more than one face in the given image", number: 31, status: 400 }
      : { message: "No face is found in the given image", number: 28, status: 400 };
  }
  const message = detailOf(error);
  if (statusCode === 401) return { message, number: 20, status: 401 };
  if (statusCode === 404) return { message, number: 11, status: 404 };
  if (error.code === "COSFACE_IMAGE") return { message, number: 21, status: 400 };
  if (statusCode === 400) return { message, number: 26, status: 400 };
  return { message, number: 0, status: statusCode };
}

function detailOf({ code, message }: CosfaceError): string {
  return code === INTERNAL.code ? INTERNAL.message : message;
}

/** An error that the framework raised, as one of ours. */
function asCosfaceError(error: unknown, request: Request): CosfaceError {
  if (error instanceof CosfaceError) return error;
  const { code, message, statusCode = 500, validation, validationContext } = error as FrameworkError;
  if (validationContext === "params" && hasEndSlash(request)) return endSlash();
  if (validation?.[0] !== undefined)
    return new OptionError(`request: ${describeValidation(validation[0], request, message, validationContext)}`);
  if (statusCode === 413) return new TooLargeError(`request: larger than this service takes (${code ?? "413"})`);
  if (statusCode === 415) return new MediaTypeError(`request: ${message}`);
  if (statusCode === 429) return new RateError(message);
  if (statusCode === 404) return new NotFoundError(message);
  if (statusCode >= 400 && statusCode < 500) return new OptionError(`request: ${message}`);
  return INTERNAL;
}

type FrameworkError = {
  readonly code?: string;
  readonly message: string;
  readonly statusCode?: number;
  readonly validation?: readonly Violation[];
  readonly validationContext?: string;
};

/** A violation of a schema, as ajv reports it. */
type Violation = {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
};

/** Names that are safe to repeat: keys of an API, not of a person. */
const PLAIN_NAME = /^[\w-]{1,40}$/;

function describeValidation(
  { keyword, params }: Violation,
  request: Request,
  message: string,
  context: string | undefined,
): string {
  if (keyword === "additionalProperties") {
    const name = String(params.additionalProperty);
    const kind = context === "querystring" ? "parameter" : "property";
    const got = PLAIN_NAME.test(name) ? `the unknown ${kind} '${name}'` : `an unknown ${kind}`;
    const known = knownProperties(request, context);
    const meant = similarName(name, known);
    const hint = meant === undefined ? "" : `: is '${meant}' meant?`;
    return `got ${got}, expected ${known.length === 0 ? "none" : `only ${known.join(", ")}`}${hint}`;
  }
  if (keyword === "required") {
    const name = String(params.missingProperty);
    return `${PLAIN_NAME.test(name) ? `'${name}'` : "a property"} is missing: ${message}`;
  }
  if (keyword === "enum" && Array.isArray(params.allowedValues)) {
    return `${message}: ${params.allowedValues.join(", ")}`;
  }
  return message;
}

/** Names of the properties that the body of a request, or its query, may have. */
function knownProperties({ routeOptions }: Request, context: string | undefined): string[] {
  type Schema = { readonly properties?: object; readonly content?: Readonly<Record<string, { schema: Schema }>> };
  const { body, querystring } = (routeOptions.schema ?? {}) as Partial<Record<string, Schema>>;
  const schema = context === "querystring" ? querystring : (body?.content?.["application/json"]?.schema ?? body);
  return Object.keys(schema?.properties ?? {});
}

/**
 * Name, code and position in the code of an error. Messages of drivers can hold the data given to them: they are left
 * out.
 */
export function describeFault(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code } = error as NodeJS.ErrnoException;
  const message = error instanceof CosfaceError ? error.message : undefined;
  const stack = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { error: error.name, code, message, stack };
}
