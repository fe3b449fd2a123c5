/** Photos one by one through the quality gate, and what it said of each. */
import { useState } from "preact/hooks";
import { Notice } from "../../parts/notice.tsx";
import type { Photo } from "../../parts/photo-input.tsx";
import { ServiceError } from "../../service/ask.ts";
import { reasonsOf } from "../../service/service.ts";
import { useSession } from "../../service/session-context.ts";

type Outcome = {
  readonly id: number;
  readonly name: string;
  readonly state: "enrolled" | "before" | "refused";
  /** Why it was refused, a sentence each. */
  readonly reasons?: readonly string[];
  /** Enrolls it all the same, where it can be. */
  readonly insist?: () => void;
};

export function useEnrollment(onEnrolled: () => void) {
  const { service, collection } = useSession();
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const [isBusy, setBusy] = useState(false);

  const enroll = async (subject: string, photos: readonly Photo[], keepThumbnail: boolean) => {
    const enrollOne = async (id: number, quality: "good" | "any"): Promise<Outcome> => {
      const { name, blob } = photos[id]!;
      try {
        const { isNew } = await service.enroll(collection, subject, blob, { keepThumbnail, quality });
        return { id, name, state: isNew ? "enrolled" : "before" };
      } catch (error) {
        const isGate = error instanceof ServiceError && error.reasons.length > 0;
        const refused = { id, name, state: "refused", reasons: reasonsOf(error) } as const;
        if (!isGate) return refused;
        const insist = async () => {
          const outcome = await enrollOne(id, "any");
          setOutcomes((before) => before.map((one) => (one.id === id ? outcome : one)));
          onEnrolled();
        };
        return { ...refused, insist: () => void insist() };
      }
    };
    setBusy(true);
    setOutcomes([]);
    for (const id of photos.keys()) {
      const outcome = await enrollOne(id, "good");
      setOutcomes((before) => [...before, outcome]);
    }
    setBusy(false);
    onEnrolled();
  };
  return { outcomes, isBusy, enroll };
}

export function EnrolledPhotos({ outcomes }: { readonly outcomes: readonly Outcome[] }) {
  return (
    <div class="stack tight" aria-live="polite">
      {outcomes.map(({ id, insist, name, reasons = [], state }) => (
        <Notice key={id} kind={state === "refused" ? "warning" : "good"}>
          <b>{name}</b> {WORDS[state]} {reasons.join(" ")}
          {insist !== undefined && (
            <button type="button" class="button quiet small" onClick={insist}>
              Enroll <span class="unseen">{name}</span> all the same
            </button>
          )}
        </Notice>
      ))}
    </div>
  );
}

const WORDS = {
  enrolled: "is enrolled.",
  before: "had been enrolled before; nothing was added.",
  refused: "was not enrolled.",
} as const;
