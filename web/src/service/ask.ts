/** A request to the service, and how it fails. */
import type { Address, Contract, Operation, Problem } from "../../../src/service/server/contract/index.ts";

/** An error answer of the service, or the reason why no answer came. */
export class ServiceError extends Error {
  /** HTTP's status; 0 when the service could not be reached. */
  readonly status: number;
  /** The stable code of docs/reference/errors.md. */
  readonly code: string;

  /** Why a face was refused at enrollment: a sentence for each reason. */
  readonly reasons: readonly string[];

  constructor(status: number, code: string, message: string, reasons: readonly string[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.reasons = reasons;
  }
}

/** What a request may carry beside its address. */
export type Sent = { readonly body?: Blob | object; readonly signal?: AbortSignal };

/**
 * Sends a request with the key. The operation's name is for the compiler, which checks method and address against the
 * contract.
 *
 * @throws {ServiceError} for every answer that is not a success.
 */
export type Ask = <Name extends Operation>(
  name: Name,
  method: Contract[Name]["method"],
  address: Address<Name>,
  sent?: Sent,
) => Promise<Response>;

/** The error that an answer holds. */
export async function readProblem(response: Response): Promise<ServiceError> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const detail = problem.detail ?? `The service answered ${response.status} ${response.statusText}`;
  const reasons = problem.reasons?.map(({ message }) => message);
  return new ServiceError(response.status, problem.code ?? "unknown", detail, reasons);
}
