/** "1 template", "3 templates". */
export function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A moment as a day, in the reader's language. */
export function dayOf(moment: string): string {
  return new Date(moment).toLocaleDateString(undefined, { dateStyle: "medium" });
}

/** When a person expires or expired: no search finds them from then on. */
export function expiryOf(expiresAt: string, now: Date): string {
  return new Date(expiresAt) <= now ? `expired ${dayOf(expiresAt)}` : `until ${dayOf(expiresAt)}`;
}

/** The end of a day from a date field (`2027-01-31`), in the reader's time zone; null for an empty field. */
export function endOfDay(day: string): string | null {
  return day === "" ? null : new Date(`${day}T23:59:59`).toISOString();
}

/** A moment as the value of a date field: the day in the reader's time zone. */
export function dayField(moment: string | null): string {
  if (moment === null) return "";
  const date = new Date(moment);
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
}
