import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";

type KeyFormProps = { readonly problem: string | undefined; readonly onKey: (key: string) => void };

/** Asks for the API key. */
export function KeyForm({ problem, onKey }: KeyFormProps) {
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
        Faces are biometric data, so the service asks for a key. It printed the first one in its terminal when it first
        started; <code>cosface keys create</code> makes more.
      </p>
      {problem !== undefined && <Notice kind="warning">{problem}</Notice>}
      <label class="field">
        <span>API key</span>
        <input class="input" name="key" type="password" autocomplete="off" spellcheck={false} required />
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
