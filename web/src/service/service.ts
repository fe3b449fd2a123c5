/** The REST service that this page came from, as typed calls. The key travels as `x-api-key`. */
import type {
  Collection,
  Enrolled,
  Identified,
  Merged,
  Receipt,
  Subject,
  SubjectDetails,
  Template,
} from "./answers.ts";
import { type Ask, readProblem, ServiceError } from "./ask.ts";
import { sortPictures } from "./sort-pictures.ts";

/** How a picture is enrolled. */
type EnrollOptions = { readonly keepThumbnail: boolean; readonly quality?: "good" | "any" };

/** @param onKeyRefused called when the service does not know the key (any more). */
export function connect(key: string, onKeyRefused: () => void) {
  const request: Ask = async (method, path, body, signal) => {
    const isBytes = body instanceof Blob;
    const headers: Record<string, string> = { "x-api-key": key };
    if (body instanceof Blob)
      headers["content-type"] = body.type.startsWith("image/") ? body.type : "application/octet-stream";
    else if (body !== undefined && !isBytes) headers["content-type"] = "application/json";
    const content = body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) };
    let response: Response;
    try {
      response = await fetch(path, { method, headers, ...content, ...(signal === undefined ? {} : { signal }) });
    } catch {
      signal?.throwIfAborted();
      throw new ServiceError(0, "unreachable", "The service does not answer: is it still running?");
    }
    if (response.ok) return response;
    if (response.status === 401) onKeyRefused();
    throw await readProblem(response);
  };
  const answer = async <T>(method: string, path: string, body?: Blob | object): Promise<T> =>
    (await request(method, path, body)).json() as Promise<T>;
  const collectionPath = (collection: string) => `/v1/collections/${encodeURIComponent(collection)}`;
  const subjectPath = (collection: string, subject: string) =>
    `${collectionPath(collection)}/subjects/${encodeURIComponent(subject)}`;

  return {
    collections: async () => (await answer<{ collections: Collection[] }>("GET", "/v1/collections")).collections,
    createCollection: (name: string) => answer<Collection>("POST", "/v1/collections", { name }),
    /** All people of a collection, page by page. */
    async subjects(collection: string): Promise<Subject[]> {
      const subjects: Subject[] = [];
      let after: string | null = null;
      do {
        const query = new URLSearchParams({ limit: "1000", ...(after === null ? {} : { after }) });
        const page: { subjects: Subject[]; next: string | null } = await answer(
          "GET",
          `${collectionPath(collection)}/subjects?${query}`,
        );
        subjects.push(...page.subjects);
        after = page.next;
      } while (after !== null);
      return subjects;
    },
    addSubject: (collection: string, name: string, details: SubjectDetails) =>
      answer<Subject>("POST", `${collectionPath(collection)}/subjects`, { name, ...details }),
    changeSubject: (collection: string, subject: string, changes: SubjectDetails & { name?: string }) =>
      answer<Subject>("PATCH", subjectPath(collection, subject), changes),
    deleteSubject: (collection: string, subject: string) => answer<Receipt>("DELETE", subjectPath(collection, subject)),
    mergeSubjects: (collection: string, { from, into }: { from: string; into: string }) =>
      answer<Merged>("POST", `${subjectPath(collection, into)}/merge`, { from }),
    templates: async (collection: string, subject: string) =>
      (await answer<{ templates: Template[] }>("GET", `${subjectPath(collection, subject)}/templates`)).templates,
    /** @param quality "any" takes faces that the quality gate refuses; the key must allow it. */
    enroll(collection: string, subject: string, picture: Blob, { keepThumbnail, quality = "good" }: EnrollOptions) {
      const query = `thumbnail=${keepThumbnail}&quality=${quality}`;
      return answer<Enrolled>("POST", `${subjectPath(collection, subject)}/templates?${query}`, picture);
    },
    deleteTemplate: async (collection: string, template: string) => {
      await request("DELETE", `${collectionPath(collection)}/templates/${template}`);
    },
    thumbnail: async (collection: string, template: string) =>
      (await request("GET", `${collectionPath(collection)}/templates/${template}/thumbnail`)).blob(),
    /** Sorts the faces of pictures into people: sends one picture after the other, and tells how many were looked at. */
    sortPictures: (pictures: readonly Blob[], onProgress: (seenCount: number) => void, signal: AbortSignal) =>
      sortPictures(request, pictures, onProgress, signal),
    identify: (collection: string, picture: Blob) =>
      answer<Identified>("POST", `${collectionPath(collection)}/identify`, picture),
  };
}

export type Service = ReturnType<typeof connect>;

/** An error as a sentence for a reader: the service's messages begin with where, in small letters. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const said = text.replace(/^[a-z]+: /, "");
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.!?]$/.test(said) ? "" : "."}`;
}

/** Why something was refused, a sentence each: what is wrong with a face, where that is it, else the error. */
export function reasonsOf(error: unknown): readonly string[] {
  return error instanceof ServiceError && error.reasons.length > 0 ? error.reasons : [sentenceOf(error)];
}
