/**
 * Ids of subjects and templates: UUIDs that are random, but for those of a batch having one beginning and a counter behind it.
 * They stand next to each other in their index, on pages that are at hand, where ids that share nothing would each need
 * another page. A time in their place, as in version 7, would tell from a receipt when a person was enrolled.
 * @see RFC 9562, section 5.8: version 8 is for layouts of one's own
 */
import { randomUUID } from "node:crypto";

/** Ids with the same beginning: as many as three hexadecimal digits count. */
const RUN = 4096;

/** A source of ids for one batch. */
export function idSequence(): () => string {
  let beginning = "";
  let count = 0;
  return () => {
    const place = count++ % RUN;
    if (place === 0) beginning = randomUUID().slice(0, 14);
    return `${beginning}8${place.toString(16).padStart(3, "0")}${randomUUID().slice(18)}`;
  };
}
