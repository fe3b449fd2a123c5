export { type Answering, answerQuestions } from "./answer-questions.ts";
export type { SentError } from "./messages.ts";
export { receiveError, startThread, type Thread, type ThreadOptions } from "./start-thread.ts";
