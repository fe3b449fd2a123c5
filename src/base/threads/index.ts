export { type Answering, answerQuestions } from "./answer-questions.ts";
export { type KeptThread, keepThread } from "./keep-thread.ts";
export type { SentError } from "./messages.ts";
export { type AskOptions, receiveError, startThread, type Thread, type ThreadOptions } from "./start-thread.ts";
