import type { ApiKey } from "../../../service/gallery/index.ts";

/** A key in one line, without its secret. */
export function describeKey({ expiresAt, id, name, scopes }: ApiKey): string {
  return `${id}: ${name}: ${scopes.join(", ")}${expiresAt === null ? "" : `, until ${expiresAt.toISOString()}`}`;
}
