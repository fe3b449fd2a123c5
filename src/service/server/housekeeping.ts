/**
 * What the service does without being asked: it deletes people whose time has come, and entries of the audit trail that
 * are older than they are to be kept. At its start and by a timer from then on; several services may do so in one database.
 */
import type { Gallery } from "../gallery/index.ts";
import type { Settings } from "../settings/index.ts";
import type { App } from "./app.ts";
import { describeFault } from "./problems.ts";

const MINUTE_MILLISECONDS = 60_000;
const DAY_MILLISECONDS = 24 * 60 * MINUTE_MILLISECONDS;
/** How often old entries of the audit trail are looked for where people are not deleted by the service. */
const PRUNE_MINUTES = 60;
/** A timer does not go further than 24 days. */
const LONGEST_MINUTES = 24 * 60;

/** How often, and what for; 0 for not at all. */
export type HousekeepingOptions = Pick<Settings, "auditDays" | "expireMinutes">;

/** Begins. What fails, as while the database is away, is logged and tried again the next time. */
export function keepHouse(
  gallery: Gallery,
  { auditDays, expireMinutes }: HousekeepingOptions,
  log: App["log"],
): { leave(): void } {
  let timer: NodeJS.Timeout | undefined;
  let hasLeft = false;

  const work = async () => {
    try {
      // A receipt has random ids, counts and digests: no name.
      if (expireMinutes > 0) for (const receipt of await gallery.deleteExpired()) log.info({ receipt }, "expired");
      if (auditDays === 0) return;
      const prunedCount = await gallery.pruneAudit(new Date(Date.now() - auditDays * DAY_MILLISECONDS));
      if (prunedCount > 0) log.info({ prunedCount }, "audit entries pruned");
    } catch (error) {
      if (!hasLeft) log.error(describeFault(error), "housekeeping");
    }
  };
  const goOn = async () => {
    await work();
    const minutes = Math.min(expireMinutes || PRUNE_MINUTES, LONGEST_MINUTES);
    if (!hasLeft) timer = setTimeout(goOn, minutes * MINUTE_MILLISECONDS).unref();
  };
  if (expireMinutes > 0 || auditDays > 0) void goOn();
  return {
    leave() {
      hasLeft = true;
      clearTimeout(timer);
    },
  };
}
