import type { Template } from "../../../../src/service/server/contract/index.ts";
import { Icon } from "../../parts/icon.tsx";
import { useThumbnail } from "../../service/use-thumbnail.ts";
import { dayOf } from "../../wording.ts";

type TemplateTileProps = { readonly template: Template; readonly number: number; readonly onDelete: () => void };

/** A template, shown by the crop that it was made of if that was kept. */
export function TemplateTile({ template, number, onDelete }: TemplateTileProps) {
  const url = useThumbnail(template.hasThumbnail ? template.id : null);
  return (
    <li class="tile">
      {url === undefined ? (
        <div class="tile-blank">
          <Icon name="recognize" />
        </div>
      ) : (
        <img src={url} alt={`Template ${number}`} />
      )}
      <span class="small muted">{dayOf(template.createdAt)}</span>
      <button type="button" class="button quiet small" onClick={onDelete}>
        Delete <span class="unseen">template {number}</span>
      </button>
    </li>
  );
}
