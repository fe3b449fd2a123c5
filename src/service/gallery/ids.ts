/**
 * Ids of subjects and templates: random UUIDs, except that those of a batch share a random prefix, followed by a
 * counter. They are neighbors in their index, on pages that are in memory, while unrelated ids would each need another
 * page. A time stamp instead, as in version 7, would reveal from a receipt when a person was enrolled.
 * @see RFC 9562, section 5.8: version 8 is for custom layouts
 */
import { randomUUID } from "node:crypto";

/** Number of ids with the same prefix: three hexadecimal digits. */
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
