/** Pictures of a request: the raw body, base64 in JSON, or files of a form. */
import { CosfaceError, OptionError, TooLargeError } from "../../base/core/index.ts";
import { type Request, type TSchema, Type } from "./app.ts";

const BASE64 = /^(?:data:[\w/+.-]+;base64,)?([A-Za-z0-9+/]+={0,2})$/;

/** A picture as it is. */
const RAW = { "image/*": { schema: {} }, "application/octet-stream": { schema: {} } };

/** What a body may be for a route that takes the pictures of these names. */
export function pictureBody(names: readonly string[]) {
  const base64 = Type.String({ contentEncoding: "base64", description: "A picture in base64, or a data URL of one" });
  const file = { contentMediaType: "application/octet-stream" };
  const json = Type.Object(Object.fromEntries(names.map((name) => [name, base64])), { additionalProperties: false });
  // The parser of forms leaves no body to validate, and raw bodies are not JSON: their schemas only describe.
  const form = { properties: Object.fromEntries(names.map((name) => [name, file])) };
  const raw = names.length === 1 ? RAW : {};
  const content = { "application/json": { schema: json }, "multipart/form-data": { schema: form }, ...raw };
  return { content } as unknown as TSchema;
}

/** What a body may be for a route that takes any number of pictures. */
export function manyPicturesBody(name: string) {
  const json = Type.Object({ [name]: Type.Array(Type.String({ contentEncoding: "base64" }), { minItems: 1 }) });
  const form = { properties: { [name]: { contentMediaType: "application/octet-stream" } } };
  const content = { "application/json": { schema: json }, "multipart/form-data": { schema: form }, ...RAW };
  return { content } as unknown as TSchema;
}

/** One picture. Of a form it is the first file, whatever its name. */
export async function readPicture(request: Request, name = "image"): Promise<Buffer> {
  if (Buffer.isBuffer(request.body)) return nonEmpty(request.body, name);
  if (!request.isMultipart()) return decodeBase64(request.body, name);
  const [file] = await readFiles(request, 1);
  return nonEmpty(file?.bytes, name);
}

/** Several pictures, each under its name. */
export async function readPictures(request: Request, names: readonly string[]): Promise<Buffer[]> {
  if (!request.isMultipart()) return names.map((name) => decodeBase64(request.body, name));
  const files = await readFiles(request, names.length);
  return names.map((name) => nonEmpty(files.find(({ field }) => field === name)?.bytes, name));
}

/** Pictures of a JSON array, all files of a form, in their order, or the one that the body is. */
export async function readManyPictures(request: Request, name: string, maximumCount: number): Promise<Buffer[]> {
  if (Buffer.isBuffer(request.body)) return [nonEmpty(request.body, name)];
  if (request.isMultipart()) return (await readFiles(request, maximumCount)).map(({ bytes }) => nonEmpty(bytes, name));
  const texts = (request.body as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  if (!Array.isArray(texts) || texts.length > maximumCount) {
    throw new OptionError(`request: expected up to ${maximumCount} pictures as '${name}'`);
  }
  return texts.map((text) => decodeBase64({ [name]: text }, name));
}

type FormFile = { readonly field: string; readonly bytes: Buffer };

/** Files of a form, all of which together may be no larger than another body. */
async function readFiles(request: Request, maximumCount: number): Promise<FormFile[]> {
  const limit = request.routeOptions.bodyLimit;
  const files: FormFile[] = [];
  let size = 0;
  try {
    for await (const part of request.files({ limits: { files: maximumCount } })) {
      const bytes = await part.toBuffer();
      size += bytes.length;
      if (size > limit) throw new TooLargeError(`request: got more than ${limit} bytes of pictures`);
      files.push({ field: part.fieldname, bytes });
    }
  } catch (error) {
    // The parser of forms says of some faults in a form that they are its own.
    if (error instanceof CosfaceError || "statusCode" in (error as Error)) throw error;
    throw new OptionError("request: got a damaged form, expected multipart/form-data to its last boundary", {
      cause: error,
    });
  }
  return files;
}

function decodeBase64(body: unknown, name: string): Buffer {
  const text = (body as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  const data = typeof text === "string" ? BASE64.exec(text)?.[1] : undefined;
  if (data === undefined) throw new OptionError(`request: expected a picture in base64 as '${name}'`);
  return Buffer.from(data, "base64");
}

function nonEmpty(bytes: Buffer | undefined, name: string): Buffer {
  if (bytes === undefined || bytes.length === 0) throw new OptionError(`request: expected a picture as '${name}'`);
  return bytes;
}
