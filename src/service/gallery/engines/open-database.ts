import type { Database } from "./database.ts";

/**
 * The engine that a location names: `postgres://…` for a server, else a folder; in memory without one. Only that engine is
 * loaded, since either takes longer to load than most commands take.
 */
export async function openDatabase(location: string | undefined, maximumConnections: number): Promise<Database> {
  if (location !== undefined && /^postgres(?:ql)?:\/\//.test(location)) {
    const { openPostgres } = await import("./postgres.ts");
    return openPostgres(location, maximumConnections);
  }
  const { openPglite } = await import("./pglite.ts");
  return openPglite(location);
}
