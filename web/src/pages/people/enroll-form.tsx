import { useState } from "preact/hooks";
import { Notice } from "../../parts/notice.tsx";
import { type Photo, PhotoInput } from "../../parts/photo-input.tsx";
import { ServiceError } from "../../service/ask.ts";
import { sentenceOf } from "../../service/service.ts";
import { useSession } from "../../service/session-context.ts";
import { countOf } from "../../wording.ts";
import { DetailFields, readDetails } from "./detail-fields.tsx";
import { EnrolledPhotos, useEnrollment } from "./enrolled-photos.tsx";

type EnrollFormProps = { readonly names: readonly string[]; readonly onEnrolled: () => void };

/** A person, what they agreed to, and photos of them. */
export function EnrollForm({ names, onEnrolled }: EnrollFormProps) {
  const { service, collection } = useSession();
  const [name, setName] = useState("");
  const [photos, setPhotos] = useState<readonly Photo[]>([]);
  const [problem, setProblem] = useState<string>();
  const enrollment = useEnrollment(onEnrolled);
  const isKnown = names.includes(name.trim());

  const enroll = async (form: HTMLFormElement) => {
    const subject = name.trim();
    setProblem(undefined);
    const { keepThumbnail, ...details } = readDetails(form);
    try {
      // The consent is noted before anything is stored that needs it. With nothing to note, who has no good photo stays
      // out.
      const { consent, expiresAt } = details;
      if (!isKnown && (consent || expiresAt)) await service.addSubject(collection, subject, details);
    } catch (error) {
      if (!(error instanceof ServiceError && error.status === 409)) return setProblem(sentenceOf(error));
    }
    setPhotos([]);
    await enrollment.enroll(subject, photos, keepThumbnail);
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
        {isKnown && <small>Is known already: the photos are added to theirs.</small>}
      </label>
      <DetailFields isNew={!isKnown} />
      <PhotoInput
        hint="Two or three photos of this one person: from the front, sharp, in even light."
        onPhotos={(more) => setPhotos([...photos, ...more])}
      />
      {photos.length > 0 && (
        <ul class="files small">
          {photos.map((photo, index) => (
            <li key={`${photo.name} ${index}`} class="row ends">
              <span>{photo.name}</span>
              <button
                type="button"
                class="button quiet small"
                onClick={() => setPhotos(photos.filter((one) => one !== photo))}
              >
                Leave out <span class="unseen">{photo.name}</span>
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
          disabled={name.trim() === "" || photos.length === 0 || enrollment.isBusy}
        >
          Enroll {photos.length > 0 && countOf(photos.length, "photo", "photos")}
        </button>
      </div>
      <EnrolledPhotos outcomes={enrollment.outcomes} />
    </form>
  );
}
