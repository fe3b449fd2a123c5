import { useEffect, useRef, useState } from "preact/hooks";
import type { Subject } from "../../../../src/service/server/contract/index.ts";
import { useThumbnail } from "../../service/use-thumbnail.ts";

/**
 * A person's face if a crop was kept, else their initial. Crops are loaded as they come into view: a list may be long.
 */
export function FaceBadge({
  person: { name, thumbnailId },
}: {
  readonly person: Pick<Subject, "name" | "thumbnailId">;
}) {
  const badge = useRef<HTMLSpanElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const element = badge.current;
    if (element === null || isSeen) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [isSeen]);
  const url = useThumbnail(isSeen ? thumbnailId : null);
  return (
    <span ref={badge} class="badge" aria-hidden="true">
      {url === undefined ? Array.from(name)[0] : <img src={url} alt="" />}
    </span>
  );
}
