import { useState } from "preact/hooks";
import { Dialog } from "../parts/dialog.tsx";
import { Notice } from "../parts/notice.tsx";
import type { Collection } from "./answers.ts";
import { sentenceOf } from "./service.ts";

type Create = (name: string) => Promise<void>;

type CollectionBarProps = {
  readonly collections: readonly Collection[];
  readonly current: string;
  readonly onChoose: (name: string) => void;
  readonly onCreate: Create;
  readonly onForgetKey: () => void;
};

/** Which collection is in use, a new one, and the way out. */
export function CollectionBar({ collections, current, onChoose, onCreate, onForgetKey }: CollectionBarProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div class="row collection-bar">
      <label class="row">
        <span class="small muted">Collection</span>
        <select class="input" value={current} onChange={(event) => onChoose(event.currentTarget.value)}>
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

/** For a gallery that is empty still. */
export function FirstCollection({ onCreate }: { readonly onCreate: Create }) {
  return (
    <section class="card key-form">
      <h2>Begin with a collection</h2>
      <p class="muted">A collection is a set of people who are looked for together: a household, a class, a club.</p>
      <CollectionForm onCreate={onCreate} />
    </section>
  );
}

function CollectionForm({ onCreate }: { readonly onCreate: Create }) {
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
        <input class="input" name="name" required maxLength={256} placeholder="household" autocomplete="off" />
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
