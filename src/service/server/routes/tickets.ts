import { ForbiddenError, UnauthorizedError } from "../../../base/core/index.ts";
import { addRoute } from "../add-route.ts";
import type { App, Request } from "../app.ts";
import { contract } from "../contract/index.ts";
import type { ServerParts } from "../parts.ts";
import type { Tickets } from "../tickets.ts";

/** The page exchanges the ticket of its address for a key. */
export function ticketRoutes(app: App, { gallery, tickets }: ServerParts): void {
  addRoute(app, contract.exchangeTicket, async (request) => {
    if (!isLocal(request))
      throw new ForbiddenError("request: tickets are exchanged on the service's own machine alone");
    return { key: await exchange(request.body.ticket, tickets) };
  });

  async function exchange(ticket: string, issued: Tickets | undefined): Promise<string> {
    const key = await issued?.exchange(ticket, gallery);
    if (key !== undefined) return key;
    throw new UnauthorizedError(
      "request: this ticket was used or has expired: enter a key, or start the service again",
    );
  }
}

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Whether a program on this machine asks, by this machine's own name, and without a proxy that asks for somebody else.
 */
function isLocal({ headers, ip }: Pick<Request, "headers" | "ip">): boolean {
  const isLoopback = /^(?:::ffff:)?127\.|^::1$/.test(ip);
  const isForwarded = headers.forwarded !== undefined || headers["x-forwarded-for"] !== undefined;
  return isLoopback && !isForwarded && LOOPBACK_HOST.test(headers.host ?? "");
}
