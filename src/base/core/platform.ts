/**
 * What public types need of the platform, declared here: a program that uses them then needs neither the DOM's types
 * nor Node's.
 */

/** Cancels a call: an `AbortSignal`. */
export interface CancelSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}

/** A `URL`. */
export interface UrlLike {
  readonly href: string;
  readonly protocol: string;
}
