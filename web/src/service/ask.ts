/** A request to the service, and what it refuses. */

/** What the service refused: its `application/problem+json`, or why there was no answer. */
export class ServiceError extends Error {
  /** HTTP's status; 0 when the service could not be reached. */
  readonly status: number;
  /** The stable code of docs/reference/errors.md. */
  readonly code: string;

  /** What is wrong with the face, where that was the reason: a sentence each. */
  readonly reasons: readonly string[];

  constructor(status: number, code: string, message: string, reasons: readonly string[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.reasons = reasons;
  }
}

/** A request with the key; what is not answered with success is thrown. */
export type Ask = (method: string, path: string, body?: Blob | object, signal?: AbortSignal) => Promise<Response>;

/** A refusal out of its answer. */
export async function readProblem(response: Response): Promise<ServiceError> {
  const problem = (await response.json().catch(() => ({}))) as {
    readonly code?: string;
    readonly detail?: string;
    readonly reasons?: readonly { readonly message: string }[];
  };
  const detail = problem.detail ?? `The service answered ${response.status} ${response.statusText}`;
  const reasons = problem.reasons?.map(({ message }) => message);
  return new ServiceError(response.status, problem.code ?? "unknown", detail, reasons);
}
