import { useEffect, useState } from "preact/hooks";
import { useSession } from "./session-context.ts";

/**
 * Address of a template's thumbnail; undefined until it is loaded, and without an id. It needs the key, so it is
 * fetched.
 */
export function useThumbnail(templateId: string | null | undefined): string | undefined {
  const { service, collection } = useSession();
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (templateId === null || templateId === undefined) return;
    let made: string | undefined;
    let isGone = false;
    service.thumbnail(collection, templateId).then(
      (blob) => {
        if (isGone) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      },
      () => setUrl(undefined), // The template was deleted meanwhile: no image until the list is read again.
    );
    return () => {
      isGone = true;
      setUrl(undefined);
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [service, collection, templateId]);
  return url;
}
