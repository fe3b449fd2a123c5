/**
 * Names a value for the message of an error: "a number", "an object with width, height", "a value of type Date". It
 * says neither text nor pixels, which may be somebody's.
 */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  const name: unknown = value.constructor?.name;
  if (name === "Object") return `an object with ${Object.keys(value).slice(0, 5).join(", ") || "no fields"}`;
  return typeof name === "string" && name !== "" ? `a value of type ${name}` : "an object";
}
