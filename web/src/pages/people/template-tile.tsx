import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import type { Template } from "../../service/answers.ts";
import { useSession } from "../../service/session.tsx";
import { dayOf } from "../../wording.ts";

type TemplateTileProps = { readonly template: Template; readonly number: number; readonly onDelete: () => void };

/** A template by the crop it was made of, where that was kept. */
export function TemplateTile({ template, number, onDelete }: TemplateTileProps) {
  const url = useThumbnail(template);
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

/** The crop needs the key, so it is fetched, and shown from memory. */
function useThumbnail({ id, hasThumbnail }: Template): string | undefined {
  const { service, collection } = useSession();
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!hasThumbnail) return;
    let made: string | undefined;
    let isGone = false;
    service.thumbnail(collection, id).then(
      (blob) => {
        if (isGone) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      },
      () => setUrl(undefined), // deleted meanwhile: the tile stays blank until the list is read again
    );
    return () => {
      isGone = true;
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [service, collection, id, hasThumbnail]);
  return url;
}
