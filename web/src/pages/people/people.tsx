import { useCallback, useEffect, useState } from "preact/hooks";
import type { Receipt, Subject } from "../../../../src/service/server/contract/index.ts";
import { Notice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { sentenceOf } from "../../service/service.ts";
import { WithService } from "../../service/session.tsx";
import { useSession } from "../../service/session-context.ts";
import { EnrollForm } from "./enroll-form.tsx";
import { PersonCard } from "./person-card.tsx";
import { PersonList } from "./person-list.tsx";
import { ReceiptCard } from "./receipt-card.tsx";

export function People() {
  return (
    <>
      <PageHead title="People">
        Who is known: enroll people, see what is stored of them, bring two entries together, delete for good.
      </PageHead>
      <WithService>
        <Gallery />
      </WithService>
    </>
  );
}

function Gallery() {
  const { service, collection } = useSession();
  const [subjects, setSubjects] = useState<readonly Subject[]>();
  const [problem, setProblem] = useState<string>();
  const [chosen, setChosen] = useState<string>();
  const [receipt, setReceipt] = useState<Receipt>();

  const load = useCallback(
    () => service.subjects(collection).then(setSubjects, (error) => setProblem(sentenceOf(error))),
    [service, collection],
  );
  useEffect(() => {
    setChosen(undefined);
    setReceipt(undefined);
    void load();
  }, [load]);

  if (problem !== undefined) return <Notice kind="warning">{problem}</Notice>;
  if (subjects === undefined) return <p class="muted">Loading …</p>;
  const person = subjects.find(({ id }) => id === chosen);
  return (
    <div class="stack loose">
      {receipt !== undefined && <ReceiptCard receipt={receipt} onClose={() => setReceipt(undefined)} />}
      <div class="split even">
        <PersonList
          subjects={subjects}
          chosen={person?.id}
          onChoose={(id) => {
            setReceipt(undefined);
            setChosen(id);
          }}
        />
        {person === undefined ? (
          <EnrollForm names={subjects.map(({ name }) => name)} onEnrolled={() => void load()} />
        ) : (
          <PersonCard
            key={person.id}
            person={person}
            onChanged={() => void load()}
            onClose={() => setChosen(undefined)}
            onDeleted={(deleted) => {
              setChosen(undefined);
              setReceipt(deleted);
              void load();
            }}
          />
        )}
      </div>
    </div>
  );
}
