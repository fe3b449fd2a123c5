import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Receipt, Subject } from "../../../../src/service/server/contract/index.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Notice } from "../../parts/notice.tsx";
import { sentenceOf } from "../../service/service.ts";
import { useSession } from "../../service/session-context.ts";
import { countOf } from "../../wording.ts";
import { DetailFields, readDetails } from "./detail-fields.tsx";

type PersonDialogProps<T = void> = {
  readonly person: Subject;
  readonly onClose: () => void;
  readonly onDone: (result: T) => void;
};

/** Renames a person, or changes what is noted of them. */
export function EditDialog({ person, onClose, onDone }: PersonDialogProps) {
  const { service, collection } = useSession();
  const save = async (form: HTMLFormElement) => {
    const { keepThumbnail, ...details } = readDetails(form);
    const name = String(new FormData(form).get("name")).trim();
    await service.changeSubject(collection, person.name, { ...details, ...(name === person.name ? {} : { name }) });
    onDone();
  };
  return (
    <ActionDialog title={`Edit ${person.name}`} action="Save" onClose={onClose} onSubmit={save}>
      <label class="field">
        <span>Name</span>
        <input class="input" name="name" required maxLength={256} defaultValue={person.name} />
      </label>
      <DetailFields isNew before={person} hasPhotos={false} />
    </ActionDialog>
  );
}

/** Brings together two entries that are one person. */
export function MergeDialog({ person, onClose, onDone }: PersonDialogProps) {
  const { service, collection } = useSession();
  const [others, setOthers] = useState<readonly string[]>([]);
  // Asked now: somebody may be enrolled, here or elsewhere, while the page shows an older list.
  useEffect(() => {
    service.subjects(collection).then(
      (subjects) => setOthers(subjects.filter(({ id }) => id !== person.id).map(({ name }) => name)),
      () => setOthers([]), // merging says why
    );
  }, [service, collection, person.id]);
  const merge = async (form: HTMLFormElement) => {
    await service.mergeSubjects(collection, { from: String(new FormData(form).get("from")), into: person.name });
    onDone();
  };
  return (
    <ActionDialog title={`Merge into ${person.name}`} action="Merge" onClose={onClose} onSubmit={merge}>
      <label class="field">
        <span>Who is the same person?</span>
        <select class="input" name="from" required>
          {others.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <small>Their templates go to {person.name}, and the other entry is deleted.</small>
      </label>
    </ActionDialog>
  );
}

/** Deletes a person with all that is stored of them. */
export function DeleteDialog({ person, onClose, onDone }: PersonDialogProps<Receipt>) {
  const { service, collection } = useSession();
  const remove = async () => onDone(await service.deleteSubject(collection, person.name));
  return (
    <ActionDialog
      title={`Delete ${person.name}?`}
      action="Delete for good"
      isDanger
      onClose={onClose}
      onSubmit={remove}
    >
      <p>
        The name, {countOf(person.templateCount, "template", "templates")}, kept crops and the note of consent are
        deleted. This cannot be undone; you get a receipt.
      </p>
    </ActionDialog>
  );
}

type DeleteTemplateDialogProps = PersonDialogProps & { readonly template: string; readonly number: number };

/** Deletes one template of a person. */
export function DeleteTemplateDialog({ person, template, number, onClose, onDone }: DeleteTemplateDialogProps) {
  const { service, collection } = useSession();
  const remove = async () => {
    await service.deleteTemplate(collection, template);
    onDone();
  };
  return (
    <ActionDialog
      title={`Delete template ${number} of ${person.name}?`}
      action="Delete template"
      isDanger
      onClose={onClose}
      onSubmit={remove}
    >
      <p>
        Its embedding and its crop are deleted, which cannot be undone.
        {person.templateCount === 1 && ` It is the last one: no search will find ${person.name} any more.`}
      </p>
    </ActionDialog>
  );
}

type ActionDialogProps = {
  readonly title: string;
  readonly action: string;
  readonly isDanger?: boolean;
  readonly onClose: () => void;
  readonly onSubmit: (form: HTMLFormElement) => Promise<void>;
  readonly children: ComponentChildren;
};

function ActionDialog({ title, action, isDanger = false, onClose, onSubmit, children }: ActionDialogProps) {
  const [problem, setProblem] = useState<string>();
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit(event.currentTarget).catch((error) => setProblem(sentenceOf(error)));
        }}
      >
        {children}
        {problem !== undefined && <Notice kind="warning">{problem}</Notice>}
        <div class="row">
          <button type="submit" class={`button ${isDanger ? "danger" : "primary"}`}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
