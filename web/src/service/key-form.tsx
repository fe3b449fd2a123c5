import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import { useFocusOnAppearing } from "../parts/use-focus.ts";

type KeyFormProps = {
  readonly problem: string | undefined;
  /** Whether the field gets the focus when it appears. */
  readonly hasFocus: boolean;
  readonly onKey: (key: string) => void;
};

/** Asks for the API key. */
export function KeyForm({ problem, hasFocus, onKey }: KeyFormProps) {
  const field = useFocusOnAppearing<HTMLInputElement>(hasFocus);
  return (
    <form
      class="card key-form"
      onSubmit={(event) => {
        event.preventDefault();
        const key = new FormData(event.currentTarget).get("key");
        if (typeof key === "string" && key.trim() !== "") onKey(key.trim());
      }}
    >
      <h2 class="row">
        <Icon name="key" /> Open the gallery
      </h2>
      <p class="muted">
        Faces are biometric data, so the service asks for a key. When it starts, it prints an address that signs in on
        this machine; at its first start also a key. <code>cosface keys create</code> creates others.
      </p>
      {problem !== undefined && <Notice kind="warning">{problem}</Notice>}
      <label class="field">
        <span>API key</span>
        <input ref={field} class="input" name="key" type="password" autocomplete="off" spellcheck={false} required />
        <small>Kept in this tab until it is closed, and sent to this service alone.</small>
      </label>
      <div class="row">
        <button type="submit" class="button primary">
          Open
        </button>
      </div>
    </form>
  );
}
