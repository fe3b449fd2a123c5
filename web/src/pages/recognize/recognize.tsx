import { useEffect, useRef, useState } from "preact/hooks";
import { PageHead } from "../../parts/page-head.tsx";
import { type Photo, PhotoInput } from "../../parts/photo-input.tsx";
import { sentenceOf } from "../../service/service.ts";
import { WithService } from "../../service/session.tsx";
import { useSession } from "../../service/session-context.ts";
import { type Asked, RecognizedPhoto } from "./recognized-photo.tsx";

export function Recognize() {
  return (
    <>
      <PageHead title="Recognize">
        Which people of the collection a photo shows, how alike they are, and who is unknown.
      </PageHead>
      <WithService>
        <Photos />
      </WithService>
    </>
  );
}

function Photos() {
  const { service, collection } = useSession();
  const [asked, setAsked] = useState<readonly Asked[]>([]);
  const count = useRef(0);
  const urls = useRef<string[]>([]);
  useEffect(() => () => urls.current.forEach(URL.revokeObjectURL), []);

  const ask = async (photos: readonly Photo[]) => {
    const waiting = photos.map(({ name, blob }) => ({
      blob,
      entry: { id: count.current++, name, url: URL.createObjectURL(blob) },
    }));
    urls.current.push(...waiting.map(({ entry }) => entry.url));
    setAsked((before) => [...waiting.map(({ entry }) => entry).reverse(), ...before]);
    for (const { entry, blob } of waiting) {
      const outcome = await service.identify(collection, blob).then(
        (answer) => ({ answer }),
        (error) => ({ problem: sentenceOf(error) }),
      );
      setAsked((before) => before.map((one) => (one.id === entry.id ? { ...one, ...outcome } : one)));
    }
  };

  return (
    <div class="stack loose">
      <PhotoInput hint="Drop or paste photos here: one person or many." onPhotos={(photos) => void ask(photos)} />
      <div class="stack loose" aria-live="polite">
        {asked.map((one) => (
          <RecognizedPhoto key={one.id} asked={one} />
        ))}
      </div>
    </div>
  );
}
