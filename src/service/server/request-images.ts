/**
 * Images of a request: the body itself, base64 in JSON, or files of a form. Each error says what is wrong with which
 * field.
 */
import { CosfaceError, OptionError, TooLargeError } from "../../base/core/index.ts";
import type { Request } from "./app.ts";

/** One image. Of a form it is the only file, whatever its name. */
export async function readImage(request: AnyRequest, name = "image"): Promise<Buffer> {
  if (Buffer.isBuffer(request.body)) return nonEmpty(request.body, "body");
  if (!request.isMultipart()) return decodeField(request.body, name);
  const [file] = await readFiles(request, { most: 1, name });
  if (file === undefined) throw missing(name, "the form has no file");
  return nonEmpty(file.bytes, file.field);
}

/** Several images, each under its name. */
export async function readImages(request: AnyRequest, names: readonly string[]): Promise<Buffer[]> {
  if (!request.isMultipart()) return names.map((name) => decodeField(request.body, name));
  const files = await readFiles(request, { most: names.length, name: names.join(" and ") });
  return names.map((name) => {
    const file = files.find(({ field }) => field === name);
    if (file === undefined) throw missing(name, `the form has ${files.length} other files`);
    return nonEmpty(file.bytes, name);
  });
}

/** Images of a JSON array, all files of a form in their order, or the one image that the body is. */
export async function readManyImages(request: AnyRequest, name: string, most: number): Promise<Buffer[]> {
  if (Buffer.isBuffer(request.body)) return [nonEmpty(request.body, "body")];
  if (request.isMultipart()) {
    const files = await readFiles(request, { most, name });
    if (files.length === 0) throw missing(name, "the form has no file");
    return files.map(({ bytes }, i) => nonEmpty(bytes, `file ${i + 1}`));
  }
  const texts = (request.body as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  if (texts === undefined) throw missing(name);
  if (!Array.isArray(texts))
    throw new OptionError(`request: '${name}': got ${kindOf(texts)}, expected a list of images`);
  if (texts.length > most)
    throw new OptionError(`request: '${name}': got ${texts.length} images, expected at most ${most}`);
  return texts.map((text, i) => decodeBase64(text, `${name}[${i}]`));
}

type AnyRequest = Pick<Request, "files" | "headers" | "isMultipart" | "parts" | "routeOptions"> & {
  readonly body: unknown;
};

type FormFile = { readonly field: string; readonly bytes: Buffer };

/** Files of a form, which together may be no larger than another body. */
async function readFiles(
  request: AnyRequest,
  { most, name }: { readonly most: number; readonly name: string },
): Promise<FormFile[]> {
  if (!/;\s*boundary=/i.test(request.headers["content-type"] ?? "")) {
    throw new OptionError(
      "request: the content type multipart/form-data has no boundary: let the client write this header by itself",
    );
  }
  const limit = request.routeOptions.bodyLimit;
  const files: FormFile[] = [];
  const others: string[] = [];
  let size = 0;
  try {
    // One more than expected is read, so that it can be counted.
    for await (const part of request.parts({ limits: { files: most + 1 } })) {
      if (part.type === "field") {
        if (name.split(" and ").includes(part.fieldname)) {
          throw new OptionError(
            `request: '${part.fieldname}': got text, expected a file: send it with a file name, as curl -F ${part.fieldname}=@photo.jpg`,
          );
        }
        if (request.routeOptions.config.errors !== "compreface") others.push(part.fieldname);
        continue;
      }
      if (files.length === most) {
        throw new OptionError(`request: got more than ${most} file${most === 1 ? "" : "s"}, expected ${name}`);
      }
      const bytes = await part.toBuffer();
      size += bytes.length;
      if (size > limit) throw new TooLargeError(`request: got more than ${limit} bytes of images`);
      files.push({ field: part.fieldname, bytes });
    }
  } catch (error) {
    // The parser of forms names some faults of a form by a status.
    if (error instanceof CosfaceError || "statusCode" in (error as Error)) throw error;
    throw new OptionError("request: got a damaged form, expected multipart/form-data to its last boundary", {
      cause: error,
    });
  }
  const [other] = others;
  if (files.length > 0 && other !== undefined) {
    const field = /^[\w-]{1,40}$/.test(other) ? `the text field '${other}'` : "a text field";
    throw new OptionError(
      `request: got ${field} beside the image, expected files alone: options go into the address, as ?threshold=0.9`,
    );
  }
  return files;
}

function decodeField(body: unknown, name: string): Buffer {
  if (body === undefined || body === null) {
    throw new OptionError(
      `request: got no body, expected an image: as the body (content-type: image/jpeg), as file '${name}' of a form, or as ` +
        `base64 in JSON under '${name}'`,
    );
  }
  const text = (body as Readonly<Record<string, unknown>>)[name];
  if (text === undefined) throw missing(name);
  return decodeBase64(text, name);
}

/** The head of a data URL, with any parameters, as `data:image/jpeg;name=a.jpg;base64,`. */
const DATA_URL = /^\s*data:([^,]{0,256}),/i;

function decodeBase64(value: unknown, name: string): Buffer {
  if (typeof value !== "string") {
    throw new OptionError(`request: '${name}': got ${kindOf(value)}, expected an image in base64`);
  }
  const head = DATA_URL.exec(value);
  if (head !== null && !/;\s*base64\s*$/i.test(head[1] ?? "")) {
    throw new OptionError(`request: '${name}': got a data URL that is not in base64, expected one with ';base64,'`);
  }
  const text = value.slice(head?.[0].length ?? 0).replace(/\s+/g, "");
  if (text === "") throw empty(name);
  const wrong = text.replace(/={0,2}$/, "").search(/[^A-Za-z0-9+/_-]/);
  if (wrong >= 0) {
    throw new OptionError(`request: '${name}': character ${wrong + 1} is not base64: expected A-Z, a-z, 0-9, + and /`);
  }
  if (text.replace(/=+$/, "").length % 4 === 1) {
    throw new OptionError(`request: '${name}': the base64 is cut off: its length cannot be that of whole bytes`);
  }
  return nonEmpty(Buffer.from(text, "base64"), name);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function missing(name: string, found = "the body has no such property"): OptionError {
  return new OptionError(`request: '${name}' is missing: ${found}, expected an image`);
}

function empty(name: string): OptionError {
  return new OptionError(`request: '${name}' is empty, expected an image`);
}

function nonEmpty(bytes: Buffer, name: string): Buffer {
  if (bytes.length === 0) throw empty(name);
  return bytes;
}
