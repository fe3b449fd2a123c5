/**
 * An end to how many requests are worked on, and to how many wait. A request that finds no place waits for one a moment, and
 * is told to come again when there was none. That moment is what keeps the service at work when it is asked too much: clients
 * that ask again as soon as they are refused would otherwise have it do little else than refuse.
 */
import { UnavailableError } from "../../base/core/index.ts";
import type { App } from "./app.ts";

/** Longest wait for a place. */
const PATIENCE_MILLISECONDS = 500;
/** Requests that may wait for each that is worked on; what comes beyond is refused at once. */
const WAITING_PER_PLACE = 16;

/** Works on `maximum` requests at once. What is public, as health is, is always answered. */
export function limitPending(app: App, maximum: number): void {
  const places = new Places(maximum);
  app.addHook("onRequest", async (request, reply) => {
    const { isUnlimited = false, scope } = request.routeOptions.config;
    if (scope === "public" || isUnlimited) return;
    if (!(await places.take()))
      throw new UnavailableError("request: too many others wait already: try again in a moment");
    // Comes after the answer, and also to who has hung up before it, or while waiting.
    if (reply.raw.closed) places.giveBack();
    else reply.raw.once("close", () => places.giveBack());
  });
}

type Waiting = { readonly resolve: (hasPlace: boolean) => void; readonly timer: NodeJS.Timeout };

/** A number of places, given to those who wait in the order in which they came. */
class Places {
  readonly #maximum: number;
  readonly #waiting = new Set<Waiting>();
  #takenCount = 0;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** Whether there was a place in time. */
  take(): Promise<boolean> {
    if (this.#takenCount < this.#maximum) {
      this.#takenCount++;
      return Promise.resolve(true);
    }
    if (this.#waiting.size >= WAITING_PER_PLACE * this.#maximum) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        resolve(false);
      }, PATIENCE_MILLISECONDS);
      const waiting = { resolve, timer };
      this.#waiting.add(waiting);
    });
  }

  giveBack(): void {
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
