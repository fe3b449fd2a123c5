/**
 * The types in a JSON body are those that the contract states. The framework converts text in an address to numbers,
 * and would convert values of a body too: a person named 5 or true would become "5" or "true", and a name that is null
 * an empty one.
 */
import { describeValue, OptionError } from "../../base/core/index.ts";

/** As much of JSON Schema as the contract uses. */
type Schema = {
  readonly type?: string;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
};

/** @throws {OptionError} that names the first property whose value has another type. */
export function requireJsonTypes(schema: Schema, value: unknown, path = ""): void {
  const json = schema.content?.["application/json"]?.schema ?? schema;
  if (!hasType(json, value)) {
    const expected = (json.anyOf ?? [json]).flatMap(({ type }) => type ?? []).join(" or ");
    const where = path === "" ? "the body" : `'${path}'`;
    throw new OptionError(`request: ${where}: got ${describeValue(value)}, expected ${expected}`);
  }
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) requireJsonTypes(json.items ?? {}, item, `${path}[${i}]`);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      const { properties = {} } = json;
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (known !== undefined) requireJsonTypes(known, member, path === "" ? name : `${path}.${name}`);
    }
  }
}

function hasType(schema: Schema, value: unknown): boolean {
  if (schema.anyOf !== undefined) return schema.anyOf.some((one) => hasType(one, value));
  switch (schema.type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "integer":
    case "number":
      return typeof value === "number";
    case "string":
    case "boolean":
      return typeof value === schema.type;
    default:
      return true;
  }
}
