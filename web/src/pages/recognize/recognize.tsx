import { useEffect, useRef, useState } from "preact/hooks";
import { PageHead } from "../../parts/page-head.tsx";
import { type Picture, PictureInput } from "../../parts/picture-input.tsx";
import type { Identified } from "../../service/answers.ts";
import { sentenceOf } from "../../service/service.ts";
import { useSession, WithService } from "../../service/session.tsx";
import { RecognizedPicture } from "./recognized-picture.tsx";

/** A picture and what became of it. */
export type Asked = {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly answer?: Identified;
  readonly problem?: string;
};

export function Recognize() {
  return (
    <>
      <PageHead title="Recognize">
        Who of the collection is on a picture, how alike they are, and who is not known.
      </PageHead>
      <WithService>
        <Pictures />
      </WithService>
    </>
  );
}

function Pictures() {
  const { service, collection } = useSession();
  const [asked, setAsked] = useState<readonly Asked[]>([]);
  const count = useRef(0);
  const urls = useRef<string[]>([]);
  useEffect(() => () => urls.current.forEach(URL.revokeObjectURL), []);

  const ask = async (pictures: readonly Picture[]) => {
    const waiting = pictures.map(({ name, blob }) => ({
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
      <PictureInput
        hint="Drop or paste pictures here: one person or many."
        onPictures={(pictures) => void ask(pictures)}
      />
      <div class="stack loose" aria-live="polite">
        {asked.map((one) => (
          <RecognizedPicture key={one.id} asked={one} />
        ))}
      </div>
    </div>
  );
}
