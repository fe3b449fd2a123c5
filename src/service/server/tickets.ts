/**
 * Tickets open the page signed in: the service prints an address with one in its fragment, and the page exchanges it
 * for a key. A ticket works once, within ten minutes, and from this machine alone, so that a printed address is
 * worthless soon.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Gallery } from "../gallery/index.ts";

const MINUTE_MILLISECONDS = 60_000;
const TICKET_MINUTES = 10;
/** How long the key of a ticket is valid: a working day. */
const KEY_HOURS = 12;

/** The tickets of a service that runs. */
export class Tickets {
  readonly #open = new Map<string, Date>();

  /** A new ticket. */
  issue(now = new Date()): string {
    const ticket = randomBytes(24).toString("base64url");
    this.#open.set(ticket, new Date(now.getTime() + TICKET_MINUTES * MINUTE_MILLISECONDS));
    return ticket;
  }

  /** Exchanges a ticket for a key with every scope; undefined if it is unknown, used or expired. */
  async exchange(ticket: string, gallery: Gallery, now = new Date()): Promise<string | undefined> {
    const found = [...this.#open].find(([open]) => isEqual(open, ticket));
    if (found === undefined) return undefined;
    const [open, expiresAt] = found;
    this.#open.delete(open);
    if (expiresAt <= now) return undefined;
    const keyExpiry = new Date(now.getTime() + KEY_HOURS * 60 * MINUTE_MILLISECONDS);
    const { key } = await gallery.keys.create({
      name: "page on this machine",
      scopes: ["admin"],
      expiresAt: keyExpiry,
    });
    return key;
  }
}

function isEqual(a: string, b: string): boolean {
  const [first, second] = [Buffer.from(a), Buffer.from(b)];
  return first.length === second.length && timingSafeEqual(first, second);
}
