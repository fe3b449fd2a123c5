/** The REST service that this page came from, as typed calls. The key travels as `x-api-key`. */
import type {
  ClusteredFace,
  Collection,
  Enrolled,
  Identified,
  Merged,
  Receipt,
  Subject,
  SubjectDetails,
  Template,
} from "./answers.ts";

/** What the service refused: its `application/problem+json`, or why there was no answer. */
export class ServiceError extends Error {
  /** HTTP's status; 0 when the service could not be reached. */
  readonly status: number;
  /** The stable code of docs/errors.md. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** @param onKeyRefused called when the service does not know the key (any more). */
export function connect(key: string, onKeyRefused: () => void) {
  const request = async (method: string, path: string, body?: Blob | FormData | object): Promise<Response> => {
    const isBytes = body instanceof Blob || body instanceof FormData;
    const headers: Record<string, string> = { "x-api-key": key };
    if (body instanceof Blob)
      headers["content-type"] = body.type.startsWith("image/") ? body.type : "application/octet-stream";
    else if (body !== undefined && !isBytes) headers["content-type"] = "application/json";
    const content = body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) };
    let response: Response;
    try {
      response = await fetch(path, { method, headers, ...content });
    } catch {
      throw new ServiceError(0, "unreachable", "The service does not answer: is it still running?");
    }
    if (response.ok) return response;
    if (response.status === 401) onKeyRefused();
    throw await readProblem(response);
  };
  const answer = async <T>(method: string, path: string, body?: Blob | FormData | object): Promise<T> =>
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
    enroll: (collection: string, subject: string, picture: Blob, keepThumbnail: boolean) =>
      answer<Enrolled>("POST", `${subjectPath(collection, subject)}/templates?thumbnail=${keepThumbnail}`, picture),
    deleteTemplate: async (collection: string, template: string) => {
      await request("DELETE", `${collectionPath(collection)}/templates/${template}`);
    },
    thumbnail: async (collection: string, template: string) =>
      (await request("GET", `${collectionPath(collection)}/templates/${template}/thumbnail`)).blob(),
    cluster(pictures: readonly { readonly name: string; readonly blob: Blob }[]) {
      const form = new FormData();
      for (const { name, blob } of pictures) form.append("images", blob, name);
      return answer<{ faces: ClusteredFace[] }>("POST", "/v1/cluster", form);
    },
    identify: (collection: string, picture: Blob) =>
      answer<Identified>("POST", `${collectionPath(collection)}/identify`, picture),
  };
}

export type Service = ReturnType<typeof connect>;

async function readProblem(response: Response): Promise<ServiceError> {
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  const detail = problem.detail ?? `The service answered ${response.status} ${response.statusText}`;
  return new ServiceError(response.status, problem.code ?? "unknown", detail);
}

/** An error as a sentence for a reader: the service's messages begin with where, in small letters. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const said = text.replace(/^[a-z]+: /, "");
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.!?]$/.test(said) ? "" : "."}`;
}
