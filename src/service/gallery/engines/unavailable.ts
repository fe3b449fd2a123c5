/** Recognizes errors of the server, as opposed to the query: the same call may succeed later. */
import { UnavailableError } from "../../../base/core/index.ts";

/** SQLSTATE classes: connection, access, no such database, resources, operator's intervention, system. */
const SERVER_STATES = /^(?:08|28|3D|53|57|58)/;
/** SQLSTATE `disk_full`. */
const DISK_FULL = "53100";

export function isServerState(code: string | undefined): boolean {
  return SERVER_STATES.test(code ?? "");
}

/** @param reason a code of PostgreSQL or of Node, or the driver's message. */
export function unavailable(engine: string, reason: string, cause: unknown): UnavailableError {
  const message =
    reason === DISK_FULL
      ? `gallery: ${engine} has no room on its disk: nothing was written; free some space`
      : `gallery: ${engine} does not answer (${reason}): check that it runs, and DATABASE_URL`;
  return new UnavailableError(message, { cause });
}
