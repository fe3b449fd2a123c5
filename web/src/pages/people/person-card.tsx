import { useEffect, useRef, useState } from "preact/hooks";
import type { Receipt, Subject, Template } from "../../../../src/service/server/contract/index.ts";
import { Notice } from "../../parts/notice.tsx";
import { PhotoInput } from "../../parts/photo-input.tsx";
import { sentenceOf } from "../../service/service.ts";
import { useSession } from "../../service/session-context.ts";
import { countOf, dayOf } from "../../wording.ts";
import { EnrolledPhotos, useEnrollment } from "./enrolled-photos.tsx";
import { DeleteDialog, DeleteTemplateDialog, EditDialog, MergeDialog } from "./person-dialogs.tsx";
import { TemplateTile } from "./template-tile.tsx";

type PersonCardProps = {
  readonly person: Subject;
  readonly onChanged: () => void;
  readonly onClose: () => void;
  readonly onDeleted: (receipt: Receipt) => void;
};

/** Everything that is stored of a person, with the actions on it. */
export function PersonCard({ person, onChanged, onClose, onDeleted }: PersonCardProps) {
  const { service, collection } = useSession();
  const [templates, setTemplates] = useState<readonly Template[]>();
  const [problem, setProblem] = useState<string>();
  const [open, setOpen] = useState<
    "edit" | "merge" | "delete" | { readonly template: string; readonly number: number }
  >();
  const enrollment = useEnrollment(onChanged);
  // The count changes when a photo was enrolled or a template deleted.
  const { name, templateCount } = person;
  useEffect(() => {
    service.templates(collection, name).then(setTemplates, (error) => setProblem(sentenceOf(error)));
  }, [service, collection, name, templateCount]);
  // On a phone it is below the list.
  const card = useRef<HTMLElement>(null);
  useEffect(() => card.current?.scrollIntoView({ block: "nearest" }), []);
  const close = () => setOpen(undefined);
  const changed = () => {
    close();
    onChanged();
  };
  const heading = useRef<HTMLHeadingElement>(null);
  const hasDeleted = useRef(false);
  useEffect(() => {
    if (hasDeleted.current) heading.current?.focus();
    hasDeleted.current = false;
  }, [templates]);

  return (
    <section ref={card} class="card" aria-label={name}>
      <div class="row ends">
        <h2>{name}</h2>
        <button type="button" class="button quiet small" onClick={onClose}>
          Close
        </button>
      </div>
      <dl class="facts">
        <dt>Enrolled</dt>
        <dd>{dayOf(person.createdAt)}</dd>
        <dt>Consent</dt>
        <dd>{person.consent ?? <span class="muted">not noted</span>}</dd>
        <dt>Expires</dt>
        <dd>{person.expiresAt === null ? "never" : dayOf(person.expiresAt)}</dd>
      </dl>
      {problem !== undefined && <Notice kind="warning">{problem}</Notice>}
      <h3 ref={heading} tabIndex={-1}>
        {countOf(templateCount, "template", "templates")}
      </h3>
      {templateCount === 0 && (
        <Notice>No search finds {name}: no template is left. Add a photo below, or delete the person.</Notice>
      )}
      <ul class="tiles">
        {templates?.map((template, index) => (
          <TemplateTile
            key={template.id}
            template={template}
            number={index + 1}
            onDelete={() => setOpen({ template: template.id, number: index + 1 })}
          />
        ))}
      </ul>
      <PhotoInput
        hint={`More photos of ${name}.`}
        onPhotos={(photos) => void enrollment.enroll(name, photos, templates?.some((t) => t.hasThumbnail) ?? false)}
      />
      <EnrolledPhotos outcomes={enrollment.outcomes} />
      <div class="row">
        <button type="button" class="button" onClick={() => setOpen("edit")}>
          Edit
        </button>
        <button type="button" class="button" onClick={() => setOpen("merge")}>
          Merge
        </button>
        <button type="button" class="button danger" onClick={() => setOpen("delete")}>
          Delete
        </button>
      </div>
      {open === "edit" && <EditDialog person={person} onClose={close} onDone={changed} />}
      {open === "merge" && <MergeDialog person={person} onClose={close} onDone={changed} />}
      {typeof open === "object" && (
        <DeleteTemplateDialog
          person={person}
          {...open}
          onClose={close}
          onDone={() => {
            hasDeleted.current = true;
            changed();
          }}
        />
      )}
      {open === "delete" && <DeleteDialog person={person} onClose={close} onDone={onDeleted} />}
    </section>
  );
}
