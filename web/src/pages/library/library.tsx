import { useEffect, useRef, useState } from "preact/hooks";
import { Notice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { type Picture, PictureInput } from "../../parts/picture-input.tsx";
import type { JobRefusal } from "../../service/answers.ts";
import { sentenceOf } from "../../service/service.ts";
import { useSession, WithService } from "../../service/session.tsx";
import { countOf } from "../../wording.ts";
import { FaceCrop } from "./face-crop.tsx";
import { groupFaces, type Pile } from "./group.ts";
import { PileCard } from "./pile-card.tsx";

export function Library() {
  return (
    <>
      <PageHead title="Library">
        A pile of pictures, sorted into people. Name a person, and they are enrolled with the faces found.
      </PageHead>
      <WithService>
        <Pictures />
      </WithService>
    </>
  );
}

function Pictures() {
  const { service } = useSession();
  const [pictures, setPictures] = useState<readonly Picture[]>([]);
  const [pile, setPile] = useState<Pile>();
  const [refusals, setRefusals] = useState<readonly JobRefusal[]>([]);
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
      const blobs = pictures.map(({ blob }) => blob);
      const sorted = await service.sortPictures(blobs, setSeenCount, signal);
      setPile(groupFaces(sorted.faces));
      setRefusals(sorted.refusals);
    } catch (error) {
      if (!signal.aborted) setProblem(sentenceOf(error));
    }
    setSeenCount(undefined);
  };

  return (
    <div class="stack loose">
      <PictureInput
        hint="Drop a pile of pictures here. They are sorted, and nothing is kept until you name somebody."
        onPictures={(more) => {
          stop.current.abort();
          setPictures([...pictures, ...more]);
          setPile(undefined);
          setRefusals([]);
        }}
      />
      {pictures.length > 0 && (
        <div class="row">
          <button
            type="button"
            class="button primary"
            disabled={isBusy || pile !== undefined}
            onClick={() => void sort()}
          >
            Sort {countOf(pictures.length, "picture", "pictures")} into people
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
                setPictures([]);
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
              {seenCount} of {countOf(pictures.length, "picture", "pictures")} looked at
            </span>
            <progress value={seenCount} max={pictures.length} />
          </label>
        )}
        {problem !== undefined && <Notice kind="warning">{problem}</Notice>}
        {refusals.length > 0 && (
          <Notice kind="warning">
            <b>Left aside:</b>
            <ul>
              {refusals.map(({ detail, picture }) => (
                <li key={picture}>
                  {pictures[picture]!.name}: {detail}
                </li>
              ))}
            </ul>
          </Notice>
        )}
        {pile !== undefined && pile.people.length + pile.alone.length === 0 && <Notice>No face was found.</Notice>}
        {pile?.people.map((faces, index) => (
          <PileCard
            key={`${faces[0]!.picture} ${faces[0]!.box.x}`}
            faces={faces}
            pictures={pictures}
            number={index + 1}
          />
        ))}
        {pile !== undefined && pile.alone.length > 0 && (
          <section class="card" aria-label="Seen once">
            <h2>Seen once</h2>
            <p class="small muted">These faces are like no other of the pile.</p>
            <ul class="tiles">
              {pile.alone.map((face) => (
                <li key={`${face.picture} ${face.box.x} ${face.box.y}`} class="tile">
                  <FaceCrop face={face} picture={pictures[face.picture]!} />
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </div>
  );
}
