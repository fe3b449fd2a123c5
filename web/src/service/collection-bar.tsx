import { useState } from "preact/hooks";
import type { Collection } from "../../../src/service/server/contract/index.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Notice } from "../parts/notice.tsx";
import { useFocusOnAppearing } from "../parts/use-focus.ts";
import { sentenceOf } from "./service.ts";

type Create = (name: string) => Promise<void>;

type CollectionBarProps = {
  readonly collections: readonly Collection[];
  readonly current: string;
  /** Whether the choice gets the focus when it appears. */
  readonly hasFocus: boolean;
  readonly onChoose: (name: string) => void;
  readonly onCreate: Create;
  readonly onForgetKey: () => void;
};

/** The choice of the collection, a button for a new one, and one that forgets the key. */
export function CollectionBar({ collections, current, hasFocus, onChoose, onCreate, onForgetKey }: CollectionBarProps) {
  const choice = useFocusOnAppearing<HTMLSelectElement>(hasFocus);
  const [isOpen, setOpen] = useState(false);
  return (
    <div class="row collection-bar">
      <label class="row">
        <span class="small muted">Collection</span>
        <select ref={choice} class="input" value={current} onChange={(event) => onChoose(event.currentTarget.value)}>
          {collections.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="button quiet" onClick={() => setOpen(true)}>
        New collection
      </button>
      <button type="button" class="button quiet last" onClick={onForgetKey}>
        Forget key
      </button>
      {isOpen && (
        <Dialog title="New collection" onClose={() => setOpen(false)}>
          <CollectionForm
            onCreate={async (name) => {
              await onCreate(name);
              setOpen(false);
            }}
          />
        </Dialog>
      )}
    </div>
  );
}

/** The form for a gallery without a collection. */
export function FirstCollection({ hasFocus, onCreate }: { readonly hasFocus: boolean; readonly onCreate: Create }) {
  return (
    <section class="card key-form">
      <h2>Begin with a collection</h2>
      <p class="muted">A collection is a set of people who are looked for together: a household, a class, a club.</p>
      <CollectionForm hasFocus={hasFocus} onCreate={onCreate} />
    </section>
  );
}

function CollectionForm({ hasFocus = true, onCreate }: { readonly hasFocus?: boolean; readonly onCreate: Create }) {
  const field = useFocusOnAppearing<HTMLInputElement>(hasFocus);
  const [problem, setProblem] = useState<string>();
  return (
    <form
      class="stack"
      onSubmit={async (event) => {
        event.preventDefault();
        const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
        if (name === "") return;
        setProblem(undefined);
        await onCreate(name).catch((error) => setProblem(sentenceOf(error)));
      }}
    >
      <label class="field">
        <span>Name</span>
        <input
          ref={field}
          class="input"
          name="name"
          required
          maxLength={256}
          placeholder="household"
          autocomplete="off"
        />
      </label>
      {problem !== undefined && <Notice kind="warning">{problem}</Notice>}
      <div class="row">
        <button type="submit" class="button primary">
          Create
        </button>
      </div>
    </form>
  );
}
