import { useState } from "preact/hooks";
import type { Subject } from "../../../../src/service/server/contract/index.ts";
import { Icon } from "../../parts/icon.tsx";
import { countOf, expiryOf } from "../../wording.ts";
import { FaceBadge } from "./face-badge.tsx";

type PersonListProps = {
  readonly subjects: readonly Subject[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string | undefined) => void;
};

/** All people of a collection, with a field that searches names. */
export function PersonList({ subjects, chosen, onChoose }: PersonListProps) {
  const [wanted, setWanted] = useState("");
  const found = subjects.filter(({ name }) => name.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <section class="card" aria-label="People of this collection">
      <div class="row ends">
        <h2>{countOf(subjects.length, "person", "people")}</h2>
        <button type="button" class="button small" disabled={chosen === undefined} onClick={() => onChoose(undefined)}>
          Enroll someone
        </button>
      </div>
      {subjects.length > 5 && (
        <label class="field">
          <span class="unseen">Find a name</span>
          <input
            class="input"
            type="search"
            placeholder="Find a name"
            value={wanted}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
        </label>
      )}
      {subjects.length === 0 && (
        <div class="empty">
          <Icon name="people" />
          <p>Nobody is enrolled here yet.</p>
        </div>
      )}
      <ul class="people">
        {found.map((subject) => (
          <li key={subject.id}>
            <button
              type="button"
              class="person"
              aria-pressed={subject.id === chosen}
              onClick={() => onChoose(subject.id)}
            >
              <FaceBadge person={subject} />
              <span class="person-name">{subject.name}</span>
              <span class="small muted">
                {subject.templateCount === 0 ? "no template" : countOf(subject.templateCount, "template", "templates")}
              </span>
              {subject.expiresAt !== null && <span class="small muted">{expiryOf(subject.expiresAt, new Date())}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
