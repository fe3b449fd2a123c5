import type { Subject, SubjectDetails } from "../../../../src/service/server/contract/index.ts";
import { dayField, endOfDay } from "../../wording.ts";

type DetailFieldsProps = {
  /** Whether consent and expiry are asked for. */
  readonly isNew: boolean;
  readonly before?: Pick<Subject, "consent" | "expiresAt">;
  /** Whether photos follow, of which the crop may be kept. */
  readonly hasPhotos?: boolean;
};

/** Consent, expiry, and whether the crop is kept. */
export function DetailFields({ isNew, before, hasPhotos = true }: DetailFieldsProps) {
  return (
    <>
      {isNew && (
        <>
          <label class="field">
            <span>Consent</span>
            <textarea class="input" name="consent" rows={2} maxLength={4096} defaultValue={before?.consent ?? ""} />
            <small>What the person agreed to, when, and how.</small>
          </label>
          <label class="field">
            <span>Expires</span>
            <input class="input" type="date" name="expires" defaultValue={dayField(before?.expiresAt ?? null)} />
            <small>After this day no search finds the person. Empty: never.</small>
          </label>
        </>
      )}
      {hasPhotos && (
        <label class="check">
          <input type="checkbox" name="thumbnail" defaultChecked />
          <span>
            Keep the crop of the face. <span class="muted">Without it, another model will need the person again.</span>
          </span>
        </label>
      )}
    </>
  );
}

/** What the fields of a form say. */
export function readDetails(form: HTMLFormElement): SubjectDetails & { readonly keepThumbnail: boolean } {
  const data = new FormData(form);
  const text = (name: string) => String(data.get(name) ?? "").trim();
  return {
    consent: text("consent") === "" ? null : text("consent"),
    expiresAt: endOfDay(text("expires")),
    keepThumbnail: data.get("thumbnail") !== null,
  };
}
