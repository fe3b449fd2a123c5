import type { Asked, SentError, ThreadMessage } from "./messages.ts";
import { threads } from "./platform.ts";

/** What a module returns when it is opened, and its function that answers; questions may overlap. */
export type Answering<Opened, Question, Answer> = {
  readonly opened: Opened;
  readonly answer: (question: Question) => Promise<Answer>;
};

/** The thread's side of `startThread`: opens with the data that the thread was started with, then answers questions. */
export async function answerQuestions<Data, Opened, Question, Answer>(
  open: (data: Data) => Promise<Answering<Opened, Question, Answer>>,
): Promise<void> {
  const parent = threads.parent();
  const send = (message: ThreadMessage<Opened, Answer>) => parent.post(message);
  try {
    const { opened, answer } = await open(parent.data as Data);
    parent.onMessage((message) => {
      const { id, question } = message as Asked<Question>;
      answer(question)
        .then((found) => send({ kind: "answer", id, answer: found }))
        // Also when the answer cannot be copied.
        .catch((error: unknown) => send({ kind: "refusal", id, error: sendError(error) }));
    });
    send({ kind: "opened", opened });
  } catch (error) {
    send({ kind: "failed", error: sendError(error) });
  }
}

/** Only codes that are text are kept: those of DataCloneError and other DOM exceptions are numbers. */
function sendError(error: unknown): SentError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, stack } = error;
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  return { message, ...code, ...(stack !== undefined && { stack }) };
}
