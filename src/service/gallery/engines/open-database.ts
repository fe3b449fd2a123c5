import { OptionError } from "../../../base/core/index.ts";
import type { Database } from "./database.ts";

/**
 * Begins like an address, or like one in quotation marks: never meant as a folder, whose name would hold its password.
 */
const ADDRESS = /^\s*["']?(?:[a-z][a-z0-9+.-]+:\/\/|postgres(?:ql)?:)/i;

/**
 * Opens the engine of a location: `postgres://…` for a server, else a folder; in memory without one. Only that engine
 * is loaded, since loading either takes longer than most commands.
 *
 * @throws {OptionError} for an address that is not `postgres://…`.
 */
export async function openDatabase(location: string | undefined, maximumConnections: number): Promise<Database> {
  if (location !== undefined && /^postgres(?:ql)?:\/\//.test(location)) {
    const { openPostgres } = await import("./postgres.ts");
    return openPostgres(location, maximumConnections);
  }
  if (location !== undefined && ADDRESS.test(location)) {
    throw new OptionError("gallery: location: got an address that is not postgres://user:password@host/database");
  }
  const { openPglite } = await import("./pglite.ts");
  return openPglite(location);
}
