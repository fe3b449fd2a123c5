/**
 * Who talks to the service: the API key, kept in this tab's session only, and the collection in use. Pages that need the
 * service stand inside `WithService`, which asks for what is missing.
 */
import { type ComponentChildren, createContext } from "preact";
import { useCallback, useContext, useEffect, useMemo, useState } from "preact/hooks";
import { Notice } from "../parts/notice.tsx";
import type { Collection } from "./answers.ts";
import { ServiceError } from "./ask.ts";
import { CollectionBar, FirstCollection } from "./collection-bar.tsx";
import { KeyForm } from "./key-form.tsx";
import { connect, type Service, sentenceOf } from "./service.ts";

const STORED_KEY = "cosface-key";
const STORED_COLLECTION = "cosface-collection";

type Session = { readonly service: Service; readonly collection: string };

const SessionContext = createContext<Session | undefined>(undefined);

/** The service and the collection in use; only inside `WithService`. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("internal: a page uses the service outside of WithService");
  return session;
}

export function WithService({ children }: { readonly children: ComponentChildren }) {
  const [key, setKey] = useState(() => sessionStorage.getItem(STORED_KEY));
  const [problem, setProblem] = useState<string>();
  const [collections, setCollections] = useState<readonly Collection[]>();
  const [chosen, setChosen] = useState(() => sessionStorage.getItem(STORED_COLLECTION));

  const forget = useCallback((why?: string) => {
    sessionStorage.removeItem(STORED_KEY);
    setKey(null);
    setCollections(undefined);
    setProblem(why);
  }, []);
  const service = useMemo(
    () => (key === null ? undefined : connect(key, () => forget("The service does not know this key."))),
    [key, forget],
  );
  useEffect(() => {
    if (service === undefined) return;
    service.collections().then(setCollections, (error) => {
      if (!(error instanceof ServiceError && error.status === 401)) setProblem(sentenceOf(error));
    });
  }, [service]);

  const keep = (entered: string) => {
    sessionStorage.setItem(STORED_KEY, entered);
    setProblem(undefined);
    setKey(entered);
  };
  const choose = (name: string) => {
    sessionStorage.setItem(STORED_COLLECTION, name);
    setChosen(name);
  };
  const create = async (name: string) => {
    const made = await service!.createCollection(name);
    setCollections([...(collections ?? []), made].sort((a, b) => (a.name < b.name ? -1 : 1)));
    choose(name);
  };

  if (service === undefined) return <KeyForm problem={problem} onKey={keep} />;
  if (collections === undefined) {
    return problem === undefined ? <p class="muted">Loading …</p> : <Notice kind="warning">{problem}</Notice>;
  }
  const current = collections.find(({ name }) => name === chosen) ?? collections[0];
  if (current === undefined) return <FirstCollection onCreate={create} />;
  return (
    <SessionContext.Provider value={{ service, collection: current.name }}>
      <CollectionBar
        collections={collections}
        current={current.name}
        onChoose={choose}
        onCreate={create}
        onForgetKey={() => forget()}
      />
      {children}
    </SessionContext.Provider>
  );
}
