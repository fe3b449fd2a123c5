import { useCallback, useEffect, useState } from "preact/hooks";
import { Notice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import type { Receipt, Subject } from "../../service/answers.ts";
import { sentenceOf } from "../../service/service.ts";
import { useSession, WithService } from "../../service/session.tsx";
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
