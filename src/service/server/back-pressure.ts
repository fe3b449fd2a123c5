/**
 * Limits how many requests are processed at once, and how many wait. A request without a free slot waits half a second,
 * then gets 503 with Retry-After. The short wait keeps an overloaded service at work: clients that retry the moment
 * they are refused would otherwise make it do little else than refuse. A client that reads its answer too slowly is
 * disconnected, since it holds a slot.
 */
import { UnavailableError } from "../../base/core/index.ts";
import type { App } from "./app.ts";
import type { Limits } from "./parts.ts";

/** Requests that may wait for each slot; further ones are refused at once. */
const WAITING_PER_SLOT = 16;

/** Processes at most `pendingRequests` at once. Public routes, such as health, are always answered. */
export function limitPending(
  app: App,
  { answerSeconds, pendingRequests, waitSeconds }: Pick<Limits, "answerSeconds" | "pendingRequests" | "waitSeconds">,
): void {
  const slots = new Semaphore(pendingRequests, 1000 * waitSeconds);
  app.addHook("onRequest", async (request, reply) => {
    const { isUnlimited = false, scope } = request.routeOptions.config;
    if (scope === "public" || isUnlimited) return;
    if (!(await slots.take())) {
      throw new UnavailableError("request: too many others wait already: try again in a moment");
    }
    // Emitted after the answer, and also when the client has hung up before it or while waiting.
    if (reply.raw.closed) slots.release();
    else reply.raw.once("close", () => slots.release());
  });
  app.addHook("onSend", async (request, reply) => {
    if (request.routeOptions.config.isUnlimited) return;
    const timer = setTimeout(() => reply.raw.destroy(), 1000 * answerSeconds).unref();
    reply.raw.once("close", () => clearTimeout(timer));
  });
}

type Waiting = { readonly resolve: (hasSlot: boolean) => void; readonly timer: NodeJS.Timeout };

/** A number of slots, given to those who wait in the order of their arrival. */
class Semaphore {
  readonly #maximum: number;
  readonly #waitMilliseconds: number;
  readonly #waiting = new Set<Waiting>();
  #takenCount = 0;

  constructor(maximum: number, waitMilliseconds: number) {
    this.#maximum = maximum;
    this.#waitMilliseconds = waitMilliseconds;
  }

  /** Whether a slot was free in time. */
  take(): Promise<boolean> {
    if (this.#takenCount < this.#maximum) {
      this.#takenCount++;
      return Promise.resolve(true);
    }
    if (this.#waiting.size >= WAITING_PER_SLOT * this.#maximum) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        resolve(false);
      }, this.#waitMilliseconds);
      const waiting = { resolve, timer };
      this.#waiting.add(waiting);
    });
  }

  release(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#takenCount--;
      return;
    }
    clearTimeout(first.timer);
    this.#waiting.delete(first);
    first.resolve(true);
  }
}
