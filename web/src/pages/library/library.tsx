import { useEffect, useRef, useState } from "preact/hooks";
import type { Refusal } from "../../../../src/service/server/contract/index.ts";
import { Notice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { type Photo, PhotoInput } from "../../parts/photo-input.tsx";
import { sentenceOf } from "../../service/service.ts";
import { WithService } from "../../service/session.tsx";
import { useSession } from "../../service/session-context.ts";
import { countOf } from "../../wording.ts";
import { FaceCrop } from "./face-crop.tsx";
import { groupFaces, type Pile } from "./group.ts";
import { PileCard } from "./pile-card.tsx";

export function Library() {
  return (
    <>
      <PageHead title="Library">
        A pile of photos, sorted into people. Name a person, and they are enrolled with the faces found.
      </PageHead>
      <WithService>
        <Photos />
      </WithService>
    </>
  );
}

function Photos() {
  const { service } = useSession();
  const [photos, setPhotos] = useState<readonly Photo[]>([]);
  const [pile, setPile] = useState<Pile>();
  const [refusals, setRefusals] = useState<readonly Refusal[]>([]);
  const [seenCount, setSeenCount] = useState<number>();
  const [problem, setProblem] = useState<string>();

  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const isBusy = seenCount !== undefined;

  const sort = async () => {
    stop.current = new AbortController();
    const { signal } = stop.current;
    setSeenCount(0);
    setProblem(undefined);
    try {
      const blobs = photos.map(({ blob }) => blob);
      const sorted = await service.sortImages(blobs, setSeenCount, signal);
      setPile(groupFaces(sorted.faces));
      setRefusals(sorted.refusals);
    } catch (error) {
      if (!signal.aborted) setProblem(sentenceOf(error));
    }
    setSeenCount(undefined);
  };

  return (
    <div class="stack loose">
      <PhotoInput
        hint="Drop a pile of photos here. They are sorted, and nothing is kept until you name somebody."
        onPhotos={(more) => {
          stop.current.abort();
          setPhotos([...photos, ...more]);
          setPile(undefined);
          setRefusals([]);
        }}
      />
      {photos.length > 0 && (
        <div class="row">
          <button
            type="button"
            class="button primary"
            disabled={isBusy || pile !== undefined}
            onClick={() => void sort()}
          >
            Sort {countOf(photos.length, "photo", "photos")} into people
          </button>
          {isBusy ? (
            <button type="button" class="button quiet" onClick={() => stop.current.abort()}>
              Stop
            </button>
          ) : (
            <button
              type="button"
              class="button quiet"
              onClick={() => {
                setPhotos([]);
                setPile(undefined);
                setRefusals([]);
              }}
            >
              Clear
            </button>
          )}
        </div>
      )}
      <div class="stack loose" aria-live="polite">
        {isBusy && (
          <label class="field">
            <span>
              {seenCount} of {countOf(photos.length, "photo", "photos")} looked at
            </span>
            <progress value={seenCount} max={photos.length} />
          </label>
        )}
        {problem !== undefined && <Notice kind="warning">{problem}</Notice>}
        {refusals.length > 0 && (
          <Notice kind="warning">
            <b>Left aside:</b>
            <ul>
              {refusals.map(({ detail, picture: photo }) => (
                <li key={photo}>
                  {photos[photo]!.name}: {detail}
                </li>
              ))}
            </ul>
          </Notice>
        )}
        {pile !== undefined && pile.people.length + pile.alone.length === 0 && <Notice>No face was found.</Notice>}
        {pile?.people.map((faces, index) => (
          <PileCard key={`${faces[0]!.photo} ${faces[0]!.box.x}`} faces={faces} photos={photos} number={index + 1} />
        ))}
        {pile !== undefined && pile.alone.length > 0 && (
          <section class="card" aria-label="Seen once">
            <h2>Seen once</h2>
            <p class="small muted">These faces are like no other of the pile.</p>
            <ul class="tiles">
              {pile.alone.map((face) => (
                <li key={`${face.photo} ${face.box.x} ${face.box.y}`} class="tile">
                  <FaceCrop face={face} photo={photos[face.photo]!} />
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </div>
  );
}
