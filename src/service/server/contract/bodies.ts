/** Bodies that carry images: the bytes themselves, base64 in JSON, or files of a form. */
import { type TSchema, Type } from "./schema.ts";

/** Content types of a body with one image. */
export const ONE_IMAGE = ["application/json", "multipart/form-data", "image/*"] as const;
/** Content types of a body with several. */
export const SEVERAL_IMAGES = ["application/json", "multipart/form-data"] as const;

const RAW = { "image/*": { schema: {} }, "application/octet-stream": { schema: {} } };
const FILE = { contentMediaType: "application/octet-stream" };

const Base64 = Type.String({
  contentEncoding: "base64",
  description: "An image in base64, with or without line breaks, or as a data URL",
});

/**
 * A body with an image under each of the names. Fastify takes a schema for each content type, for which it has no type.
 */
export function imageBody(...names: readonly string[]): TSchema {
  const json = Type.Object(Object.fromEntries(names.map((name) => [name, Base64])), { additionalProperties: false });
  // A form is read by its own parser and an image as it is: their schemas describe and check nothing.
  const form = { properties: Object.fromEntries(names.map((name) => [name, FILE])) };
  const raw = names.length === 1 ? RAW : {};
  return byContentType({ "application/json": { schema: json }, "multipart/form-data": { schema: form }, ...raw });
}

/** A body with any number of images. */
export function imagesBody(name: string): TSchema {
  const json = Type.Object({ [name]: Type.Array(Base64, { minItems: 1 }) }, { additionalProperties: false });
  const form = { properties: { [name]: FILE } };
  return byContentType({ "application/json": { schema: json }, "multipart/form-data": { schema: form }, ...RAW });
}

function byContentType(content: Readonly<Record<string, { readonly schema: object }>>): TSchema {
  return Type.Unsafe({ content });
}
