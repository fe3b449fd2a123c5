import { parentPort, workerData } from "node:worker_threads";
import { InternalError } from "../core/index.ts";
import type { Asked, SentError, ThreadMessage, ThreadStart } from "./messages.ts";

/** What a module returns when it is opened, and its function that answers; questions may overlap. */
export type Answering<Opened, Question, Answer> = {
  readonly opened: Opened;
  readonly answer: (question: Question) => Promise<Answer>;
};

/** The thread's side of `startThread`: opens with the data that the thread was started with, then answers questions. */
export async function answerQuestions<Data, Opened, Question, Answer>(
  open: (data: Data) => Promise<Answering<Opened, Question, Answer>>,
): Promise<void> {
  const port = parentPort;
  if (port === null) throw new InternalError("internal: answerQuestions was called outside of a thread");
  const send = (message: ThreadMessage<Opened, Answer>) => port.postMessage(message);
  try {
    const { opened, answer } = await open((workerData as ThreadStart).data as Data);
    port.on("message", ({ id, question }: Asked<Question>) => {
      answer(question)
        .then((found) => send({ kind: "answer", id, answer: found }))
        // Also when the answer cannot be copied.
        .catch((error: unknown) => send({ kind: "refusal", id, error: sendError(error) }));
    });
    // A question that cannot be read has no number to refuse it by: the thread ends, and its caller rejects all that is pending.
    port.on("messageerror", () => process.exit(1));
    send({ kind: "opened", opened });
  } catch (error) {
    send({ kind: "failed", error: sendError(error) });
  }
}

function sendError(error: unknown): SentError {
  const { code, message = String(error), stack } = error as Partial<NodeJS.ErrnoException>;
  return { message, ...(code !== undefined && { code }), ...(stack !== undefined && { stack }) };
}
