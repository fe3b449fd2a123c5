/**
 * Deletes expired people, and entries of the audit trail that are older than `auditDays`, at the start of the service
 * and then by a timer. Several services may do so in one database.
 */
import type { Gallery } from "../gallery/index.ts";
import type { Settings } from "../settings/index.ts";
import type { App } from "./app.ts";
import { describeFault } from "./problems.ts";

const MINUTE_MILLISECONDS = 60_000;
const DAY_MILLISECONDS = 24 * 60 * MINUTE_MILLISECONDS;
/** How often old audit entries are deleted when the service does not delete people. */
const PRUNE_MINUTES = 60;
/** A timer cannot wait longer than 24 days. */
const LONGEST_MINUTES = 24 * 60;

/** How often, and which entries; 0 switches either off. */
export type HousekeepingOptions = Pick<Settings, "auditDays" | "expireMinutes">;

/** Starts. A failure, as while the database is away, is logged, and the work is tried again the next time. */
export function keepHouse(
  gallery: Gallery,
  { auditDays, expireMinutes }: HousekeepingOptions,
  log: App["log"],
): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let hasStopped = false;

  const work = async () => {
    try {
      // A receipt has random ids, counts and digests: no name.
      if (expireMinutes > 0) for (const receipt of await gallery.deleteExpired()) log.info({ receipt }, "expired");
      if (auditDays === 0) return;
      const prunedCount = await gallery.pruneAudit(new Date(Date.now() - auditDays * DAY_MILLISECONDS));
      if (prunedCount > 0) log.info({ prunedCount }, "audit entries pruned");
    } catch (error) {
      if (!hasStopped) log.error(describeFault(error), "housekeeping");
    }
  };
  const repeat = async () => {
    await work();
    const minutes = Math.min(expireMinutes || PRUNE_MINUTES, LONGEST_MINUTES);
    if (!hasStopped) timer = setTimeout(repeat, minutes * MINUTE_MILLISECONDS).unref();
  };
  if (expireMinutes > 0 || auditDays > 0) void repeat();
  return {
    stop() {
      hasStopped = true;
      clearTimeout(timer);
    },
  };
}
