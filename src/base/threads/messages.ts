/** What the two sides of a thread say to each other. */

/** How `bin/thread.js` is started: a module of src/, without its ending, and what it is opened with. */
export type ThreadStart = { readonly module: string; readonly data: unknown };

/** A question, with a number that its answer will have. */
export type Asked<Question> = { readonly id: number; readonly question: Question };

/** An error as it crosses threads, where classes do not: `code` is CosfaceError's, Node's or a database's. */
export type SentError = { readonly code?: string; readonly message: string; readonly stack?: string };

/** What the thread says. */
export type ThreadMessage<Opened, Answer> =
  | { readonly kind: "opened"; readonly opened: Opened }
  | { readonly kind: "failed"; readonly error: SentError }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly kind: "refusal"; readonly id: number; readonly error: SentError };
