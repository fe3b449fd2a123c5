import { parentPort, workerData } from "node:worker_threads";
import type { Asked, SentError, ThreadMessage, ThreadStart } from "./messages.ts";

/** What a thread says of itself, and how it answers; it may be asked again before an answer is there. */
export type Answering<Opened, Question, Answer> = {
  readonly opened: Opened;
  readonly answer: (question: Question) => Promise<Answer>;
};

/** The other side of `startThread`: opens what it was started with, and answers from then on. */
export async function answerQuestions<Data, Opened, Question, Answer>(
  open: (data: Data) => Promise<Answering<Opened, Question, Answer>>,
): Promise<void> {
  const port = parentPort!;
  const say = (message: ThreadMessage<Opened, Answer>) => port.postMessage(message);
  try {
    const { opened, answer } = await open((workerData as ThreadStart).data as Data);
    port.on("message", ({ id, question }: Asked<Question>) => {
      answer(question).then(
        (found) => say({ kind: "answer", id, answer: found }),
        (error: unknown) => say({ kind: "refusal", id, error: sendError(error) }),
      );
    });
    say({ kind: "opened", opened });
  } catch (error) {
    say({ kind: "failed", error: sendError(error) });
  }
}

function sendError(error: unknown): SentError {
  const { code, message = String(error), stack } = error as Partial<NodeJS.ErrnoException>;
  return { message, ...(code !== undefined && { code }), ...(stack !== undefined && { stack }) };
}
