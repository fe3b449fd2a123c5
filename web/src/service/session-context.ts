import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Service } from "./service.ts";

/** The service with its key, and the collection in use. */
export type Session = { readonly service: Service; readonly collection: string };

export const SessionContext = createContext<Session | undefined>(undefined);

/** The service and the collection in use; only inside `WithService`. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("internal: a page uses the service outside of WithService");
  return session;
}
