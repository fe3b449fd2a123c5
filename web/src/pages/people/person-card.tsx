import { useEffect, useRef, useState } from "preact/hooks";
import { Notice } from "../../parts/notice.tsx";
import { PictureInput } from "../../parts/picture-input.tsx";
import type { Receipt, Subject, Template } from "../../service/answers.ts";
import { sentenceOf } from "../../service/service.ts";
import { useSession } from "../../service/session.tsx";
import { countOf, dayOf } from "../../wording.ts";
import { EnrolledPictures, useEnrollment } from "./enrolled-pictures.tsx";
import { DeleteDialog, EditDialog, MergeDialog } from "./person-dialogs.tsx";
import { TemplateTile } from "./template-tile.tsx";

type PersonCardProps = {
  readonly person: Subject;
  readonly onChanged: () => void;
  readonly onClose: () => void;
  readonly onDeleted: (receipt: Receipt) => void;
};

/** All that is stored of a person, and what can be done with it. */
export function PersonCard({ person, onChanged, onClose, onDeleted }: PersonCardProps) {
  const { service, collection } = useSession();
  const [templates, setTemplates] = useState<readonly Template[]>();
  const [problem, setProblem] = useState<string>();
  const [open, setOpen] = useState<"edit" | "merge" | "delete">();
  const enrollment = useEnrollment(onChanged);
  // The count changes when a picture was enrolled or a template deleted.
  const { name, templateCount } = person;
  useEffect(() => {
    service.templates(collection, name).then(setTemplates, (error) => setProblem(sentenceOf(error)));
  }, [service, collection, name, templateCount]);
  // On a phone it stands below the list.
  const card = useRef<HTMLElement>(null);
  useEffect(() => card.current?.scrollIntoView({ block: "nearest" }), []);
  const close = () => setOpen(undefined);
  const changed = () => {
    close();
    onChanged();
  };
  const removeTemplate = (id: string) =>
    service.deleteTemplate(collection, id).then(onChanged, (error) => setProblem(sentenceOf(error)));

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
      <h3>{countOf(templateCount, "template", "templates")}</h3>
      <ul class="tiles">
        {templates?.map((template, index) => (
          <TemplateTile
            key={template.id}
            template={template}
            number={index + 1}
            onDelete={() => void removeTemplate(template.id)}
          />
        ))}
      </ul>
      <PictureInput
        hint={`More pictures of ${name}.`}
        onPictures={(pictures) =>
          void enrollment.enroll(name, pictures, templates?.some((t) => t.hasThumbnail) ?? false)
        }
      />
      <EnrolledPictures outcomes={enrollment.outcomes} />
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
      {open === "delete" && <DeleteDialog person={person} onClose={close} onDone={onDeleted} />}
    </section>
  );
}
