/**
 * The session with the service: the API key, kept in this tab's session storage only, and the collection in use. Pages
 * that need the service are rendered inside `WithService`, which asks for what is missing.
 */
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { Collection } from "../../../src/service/server/contract/index.ts";
import { Notice } from "../parts/notice.tsx";
import { ServiceError } from "./ask.ts";
import { CollectionBar, FirstCollection } from "./collection-bar.tsx";
import { KeyForm } from "./key-form.tsx";
import { connect, exchangeTicket, sentenceOf } from "./service.ts";
import { SessionContext } from "./session-context.ts";
import { takeTicket } from "./ticket.ts";

const STORED_KEY = "cosface-key";
const STORED_COLLECTION = "cosface-collection";

export function WithService({ children }: { readonly children: ComponentChildren }) {
  const [ticket, setTicket] = useState(takeTicket);
  const [key, setKey] = useState(() => sessionStorage.getItem(STORED_KEY));
  const [problem, setProblem] = useState<string>();
  const [collections, setCollections] = useState<readonly Collection[]>();
  const [chosen, setChosen] = useState(() => sessionStorage.getItem(STORED_COLLECTION));
  // After a form that has disappeared, the keyboard goes on at the collection; a page that is only opened leaves focus
  // alone.
  const [hasActed, setActed] = useState(false);

  const forget = useCallback((why?: string) => {
    sessionStorage.removeItem(STORED_KEY);
    setKey(null);
    setCollections(undefined);
    setProblem(why);
  }, []);
  const keep = useCallback((entered: string) => {
    sessionStorage.setItem(STORED_KEY, entered);
    setProblem(undefined);
    setCollections(undefined);
    setKey(entered);
  }, []);
  const service = useMemo(
    () => (key === null ? undefined : connect(key, () => forget("The service does not know this key."))),
    [key, forget],
  );
  useEffect(() => {
    if (ticket === undefined) return;
    exchangeTicket(ticket)
      .then(keep, (error) => setProblem(sentenceOf(error)))
      .finally(() => setTicket(undefined));
  }, [ticket, keep]);
  useEffect(() => {
    if (service === undefined || ticket !== undefined) return;
    service.collections().then(setCollections, (error) => {
      if (!(error instanceof ServiceError && error.status === 401)) setProblem(sentenceOf(error));
    });
  }, [service, ticket]);

  const choose = (name: string) => {
    sessionStorage.setItem(STORED_COLLECTION, name);
    setChosen(name);
  };

  if (ticket !== undefined) return <p class="muted">Signing in …</p>;
  if (service === undefined) {
    return (
      <KeyForm
        problem={problem}
        hasFocus={hasActed}
        onKey={(entered) => {
          setActed(true);
          keep(entered);
        }}
      />
    );
  }
  if (collections === undefined) {
    return problem === undefined ? <p class="muted">Loading …</p> : <Notice kind="warning">{problem}</Notice>;
  }
  const create = async (name: string) => {
    const created = await service.createCollection(name);
    setActed(true);
    setCollections([...collections, created].sort((a, b) => (a.name < b.name ? -1 : 1)));
    choose(created.name);
  };
  const current = collections.find(({ name }) => name === chosen) ?? collections[0];
  if (current === undefined) return <FirstCollection hasFocus={hasActed} onCreate={create} />;
  return (
    <SessionContext.Provider value={{ service, collection: current.name }}>
      <CollectionBar
        collections={collections}
        current={current.name}
        hasFocus={hasActed}
        onChoose={choose}
        onCreate={create}
        onForgetKey={() => {
          setActed(true);
          forget();
        }}
      />
      {children}
    </SessionContext.Provider>
  );
}
