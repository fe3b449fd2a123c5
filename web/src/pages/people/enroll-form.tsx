import { useState } from "preact/hooks";
import { Notice } from "../../parts/notice.tsx";
import { type Picture, PictureInput } from "../../parts/picture-input.tsx";
import { ServiceError } from "../../service/ask.ts";
import { sentenceOf } from "../../service/service.ts";
import { useSession } from "../../service/session.tsx";
import { countOf } from "../../wording.ts";
import { DetailFields, readDetails } from "./detail-fields.tsx";
import { EnrolledPictures, useEnrollment } from "./enrolled-pictures.tsx";

type EnrollFormProps = { readonly names: readonly string[]; readonly onEnrolled: () => void };

/** A person, what they agreed to, and pictures of them. */
export function EnrollForm({ names, onEnrolled }: EnrollFormProps) {
  const { service, collection } = useSession();
  const [name, setName] = useState("");
  const [pictures, setPictures] = useState<readonly Picture[]>([]);
  const [problem, setProblem] = useState<string>();
  const enrollment = useEnrollment(onEnrolled);
  const isKnown = names.includes(name.trim());

  const enroll = async (form: HTMLFormElement) => {
    const subject = name.trim();
    setProblem(undefined);
    const { keepThumbnail, ...details } = readDetails(form);
    try {
      // The consent is noted before anything is stored that needs it. With nothing to note, who has no good picture stays out.
      const { consent, expiresAt } = details;
      if (!isKnown && (consent || expiresAt)) await service.addSubject(collection, subject, details);
    } catch (error) {
      if (!(error instanceof ServiceError && error.status === 409)) return setProblem(sentenceOf(error));
    }
    setPictures([]);
    await enrollment.enroll(subject, pictures, keepThumbnail);
  };

  return (
    <form
      class="card"
      aria-label="Enroll someone"
      onSubmit={(event) => {
        event.preventDefault();
        void enroll(event.currentTarget);
      }}
    >
      <h2>Enroll someone</h2>
      <label class="field">
        <span>Name</span>
        <input
          class="input"
          name="name"
          required
          maxLength={256}
          autocomplete="off"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        {isKnown && <small>Is known already: the pictures are added to theirs.</small>}
      </label>
      <DetailFields isNew={!isKnown} />
      <PictureInput
        hint="Two or three pictures of this one person: from the front, sharp, in even light."
        onPictures={(more) => setPictures([...pictures, ...more])}
      />
      {pictures.length > 0 && (
        <ul class="files small">
          {pictures.map((picture, index) => (
            <li key={`${picture.name} ${index}`} class="row ends">
              <span>{picture.name}</span>
              <button
                type="button"
                class="button quiet small"
                onClick={() => setPictures(pictures.filter((one) => one !== picture))}
              >
                Leave out <span class="unseen">{picture.name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {problem !== undefined && <Notice kind="warning">{problem}</Notice>}
      <div class="row">
        <button
          type="submit"
          class="button primary"
          disabled={name.trim() === "" || pictures.length === 0 || enrollment.isBusy}
        >
          Enroll {pictures.length > 0 && countOf(pictures.length, "picture", "pictures")}
        </button>
      </div>
      <EnrolledPictures outcomes={enrollment.outcomes} />
    </form>
  );
}
