/** The messages between the two sides of a thread. */

/** A question, with the number that its answer will carry. */
export type Asked<Question> = { readonly id: number; readonly question: Question };

/** An error as it crosses threads, where classes are lost: `code` is CosfaceError's, Node's or a database's. */
export type SentError = { readonly code?: string; readonly message: string; readonly stack?: string };

/** A message from the thread. */
export type ThreadMessage<Opened, Answer> =
  | { readonly kind: "opened"; readonly opened: Opened }
  | { readonly kind: "failed"; readonly error: SentError }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly kind: "refusal"; readonly id: number; readonly error: SentError };
