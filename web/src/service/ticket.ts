/**
 * The ticket of a sign-in address, `#/sign-in/TICKET`, which `cosface serve` prints. It is removed from the address at
 * once, so that neither the history nor a bookmark keeps it.
 */
const SIGN_IN = /^#\/sign-in\/([\w-]{10,100})$/;

/** The ticket in the page's address; undefined for other addresses. */
export function takeTicket(): string | undefined {
  const ticket = SIGN_IN.exec(location.hash)?.[1];
  if (ticket !== undefined) history.replaceState(null, "", "#/recognize");
  return ticket;
}
