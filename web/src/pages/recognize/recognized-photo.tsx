import { useState } from "preact/hooks";
import { formatRate } from "../../../../src/measure/report/index.ts";
import type { Identified, IdentifiedFace } from "../../../../src/service/server/contract/index.ts";
import { FacePhoto } from "../../parts/face-photo.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ScoreScale } from "../../parts/score-scale.tsx";
import { describeSources, formatScore, verdictOf } from "./verdict.ts";

/** A photo with the answer of the service, or with the problem; neither while the service works. */
export type Asked = {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly answer?: Identified;
  readonly problem?: string;
};

/** A photo with its faces, and the people beside it. */
export function RecognizedPhoto({ asked: { name, url, answer, problem } }: { readonly asked: Asked }) {
  const [current, setCurrent] = useState<number>();
  if (answer === undefined) {
    return (
      <article class="card split" aria-label={name}>
        <div class="photo">
          <img src={url} alt={name} />
        </div>
        {problem === undefined ? <p class="muted">Looking …</p> : <Notice kind="warning">{problem}</Notice>}
      </article>
    );
  }
  const faces = [...answer.faces].sort((a, b) => a.box.x - b.box.x);
  const [first] = faces;
  return (
    <article class="card split" aria-label={name}>
      <FacePhoto
        url={url}
        name={name}
        width={answer.width}
        height={answer.height}
        current={current}
        faces={faces.map((face, index) => ({ ...face, label: `${index + 1}`, isKnown: !face.unknown }))}
      />
      <div class="stack">
        {faces.length === 0 && <Notice>No face was found on this photo.</Notice>}
        {first !== undefined && <ThresholdLine face={first} />}
        <ol class="answers">
          {faces.map((face, index) => (
            <li
              key={`${face.box.x} ${face.box.y}`}
              onMouseEnter={() => setCurrent(index)}
              onMouseLeave={() => setCurrent(undefined)}
            >
              <FaceAnswer face={face} number={index + 1} />
            </li>
          ))}
        </ol>
      </div>
    </article>
  );
}

function FaceAnswer({ face, number }: { readonly face: IdentifiedFace; readonly number: number }) {
  const { title, detail, isKnown } = verdictOf(face);
  const { matches, threshold } = face;
  return (
    <div class="stack tight">
      <div class="row">
        <span class={`pill ${isKnown ? "good" : ""}`}>
          <span class="unseen">Face </span>
          {number}
        </span>
        <h2>{title}</h2>
      </div>
      <p class="small muted">{detail}</p>
      {matches.length > 0 && (
        <>
          <ScoreScale matches={matches} threshold={threshold} />
          <ul class="matches" aria-label={`Most alike to face ${number}`}>
            {matches.map(({ subject, score }) => (
              <li key={subject} class={isKnown && subject === title ? "accepted" : ""}>
                <span>{subject}</span>
                <span class="number">{formatScore(score)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** The threshold of the answers, which is the same for all faces of a photo. */
function ThresholdLine({ face: { threshold, far, sources } }: { readonly face: IdentifiedFace }) {
  if (threshold === null) {
    return (
      <Notice>
        No threshold was measured for this model yet, so nobody is named: the scores are all there is.{" "}
        <code>cosface calibrate</code> measures one.
      </Notice>
    );
  }
  return (
    <p class="small muted">
      Accepted from a score of <b class="number">{formatScore(threshold)}</b> on
      {far !== null && `, at which ${formatRate(far)} of comparisons with somebody else are accepted (FAR)`}. A score is
      a cosine, not a probability.
      {sources !== null && ` The threshold was measured on ${describeSources(sources)}.`}
    </p>
  );
}
