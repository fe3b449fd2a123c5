/** The REST service that served this page, as typed calls. The key travels as `x-api-key`. */
import type {
  Address,
  Answer,
  Contract,
  Operation,
  Subject,
  SubjectDetails,
} from "../../../src/service/server/contract/index.ts";
import { type Ask, readProblem, type Sent, ServiceError } from "./ask.ts";
import { sortImages } from "./sort-images.ts";

/** How an image is enrolled. */
type EnrollOptions = { readonly keepThumbnail: boolean; readonly quality?: "good" | "any" };

/** @param onKeyRefused called when the service does not accept the key, or no longer does. */
export function connect(key: string, onKeyRefused: () => void) {
  const request: Ask = async (_, method, address, { body, signal } = {}) => {
    const headers: Record<string, string> = { "x-api-key": key };
    if (body instanceof Blob)
      headers["content-type"] = body.type.startsWith("image/") ? body.type : "application/octet-stream";
    else if (body !== undefined) headers["content-type"] = "application/json";
    const content = body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) };
    const response = await send(address, { method, headers, ...content, ...(signal === undefined ? {} : { signal }) });
    if (response.ok) return response;
    if (response.status === 401) onKeyRefused();
    throw await readProblem(response);
  };
  const ask = async <Name extends Operation>(
    name: Name,
    method: Contract[Name]["method"],
    address: Address<Name>,
    sent?: Sent,
  ): Promise<Answer<Name>> => (await request(name, method, address, sent)).json() as Promise<Answer<Name>>;
  const collectionPath = (collection: string) => `/v1/collections/${encodeURIComponent(collection)}` as const;
  const subjectPath = (collection: string, subject: string) =>
    `${collectionPath(collection)}/subjects/${encodeURIComponent(subject)}` as const;

  return {
    collections: async () => (await ask("listCollections", "GET", "/v1/collections")).collections,
    createCollection: (name: string) => ask("createCollection", "POST", "/v1/collections", { body: { name } }),
    /** All people of a collection, page by page. */
    async subjects(collection: string): Promise<Subject[]> {
      const subjects: Subject[] = [];
      let after: string | null = null;
      do {
        const query = new URLSearchParams({ limit: "1000", ...(after === null ? {} : { after }) });
        const page: Answer<"listSubjects"> = await ask(
          "listSubjects",
          "GET",
          `${collectionPath(collection)}/subjects?${query}`,
        );
        subjects.push(...page.subjects);
        after = page.next;
      } while (after !== null);
      return subjects;
    },
    addSubject: (collection: string, name: string, details: SubjectDetails) =>
      ask("addSubject", "POST", `${collectionPath(collection)}/subjects`, { body: { name, ...details } }),
    changeSubject: (collection: string, subject: string, body: SubjectDetails & { name?: string }) =>
      ask("changeSubject", "PATCH", subjectPath(collection, subject), { body }),
    deleteSubject: (collection: string, subject: string) =>
      ask("deleteSubject", "DELETE", subjectPath(collection, subject)),
    mergeSubjects: (collection: string, { from, into }: { from: string; into: string }) =>
      ask("mergeSubjects", "POST", `${subjectPath(collection, into)}/merge`, { body: { from } }),
    templates: async (collection: string, subject: string) =>
      (await ask("listTemplates", "GET", `${subjectPath(collection, subject)}/templates`)).templates,
    /** @param options "any" enrolls faces that the quality gate refuses; the key must allow it. */
    enroll(collection: string, subject: string, image: Blob, { keepThumbnail, quality = "good" }: EnrollOptions) {
      const query = `thumbnail=${keepThumbnail}&quality=${quality}`;
      return ask("enroll", "POST", `${subjectPath(collection, subject)}/templates?${query}`, { body: image });
    },
    deleteTemplate: async (collection: string, template: string) => {
      await request("deleteTemplate", "DELETE", `${collectionPath(collection)}/templates/${template}`);
    },
    thumbnail: async (collection: string, template: string) =>
      (await request("getThumbnail", "GET", `${collectionPath(collection)}/templates/${template}/thumbnail`)).blob(),
    /** Groups the faces of images by person; sends one image after the other, and reports how many were processed. */
    sortImages: (images: readonly Blob[], onProgress: (seenCount: number) => void, signal: AbortSignal) =>
      sortImages(request, images, onProgress, signal),
    identify: (collection: string, image: Blob) =>
      ask("identify", "POST", `${collectionPath(collection)}/identify`, { body: image }),
  };
}

export type Service = ReturnType<typeof connect>;

/** Exchanges the ticket of a sign-in address for a key. @throws {ServiceError} when it was used or has expired. */
export async function exchangeTicket(ticket: string): Promise<string> {
  const address: Address<"exchangeTicket"> = "/v1/tickets/exchange";
  const headers = { "content-type": "application/json" };
  const response = await send(address, { method: "POST", headers, body: JSON.stringify({ ticket }) });
  if (!response.ok) throw await readProblem(response);
  return ((await response.json()) as Answer<"exchangeTicket">).key;
}

async function send(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch {
    init.signal?.throwIfAborted();
    throw new ServiceError(0, "unreachable", "The service does not answer: is it still running?");
  }
}

/** An error as a sentence for a reader: the service's messages begin with the part that failed, in small letters. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const said = text.replace(/^[a-z]+: /, "");
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.!?]$/.test(said) ? "" : "."}`;
}

/** Why something was refused, a sentence each: the reasons of a refused face, else the error. */
export function reasonsOf(error: unknown): readonly string[] {
  return error instanceof ServiceError && error.reasons.length > 0 ? error.reasons : [sentenceOf(error)];
}
