/** Pictures one by one through the quality gate, and what it said of each. */
import { useState } from "preact/hooks";
import { Notice } from "../../parts/notice.tsx";
import type { Picture } from "../../parts/picture-input.tsx";
import { sentenceOf } from "../../service/service.ts";
import { useSession } from "../../service/session.tsx";

type Outcome = {
  readonly id: number;
  readonly name: string;
  readonly state: "enrolled" | "before" | "refused";
  readonly why?: string;
};

export function useEnrollment(onEnrolled: () => void) {
  const { service, collection } = useSession();
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const [isBusy, setBusy] = useState(false);
  const enroll = async (subject: string, pictures: readonly Picture[], keepThumbnail: boolean) => {
    setBusy(true);
    setOutcomes([]);
    for (const [id, { name, blob }] of pictures.entries()) {
      const outcome = await service.enroll(collection, subject, blob, keepThumbnail).then(
        ({ isNew }): Outcome => ({ id, name, state: isNew ? "enrolled" : "before" }),
        (error): Outcome => ({ id, name, state: "refused", why: sentenceOf(error) }),
      );
      setOutcomes((before) => [...before, outcome]);
    }
    setBusy(false);
    onEnrolled();
  };
  return { outcomes, isBusy, enroll };
}

export function EnrolledPictures({ outcomes }: { readonly outcomes: readonly Outcome[] }) {
  return (
    <div class="stack tight" aria-live="polite">
      {outcomes.map(({ id, name, state, why }) => (
        <Notice key={id} kind={state === "refused" ? "warning" : "good"}>
          <b>{name}</b>{" "}
          {state === "refused" ? (
            <>was not enrolled. {why}</>
          ) : state === "before" ? (
            "had been enrolled before; nothing was added."
          ) : (
            "is enrolled."
          )}
        </Notice>
      ))}
    </div>
  );
}
