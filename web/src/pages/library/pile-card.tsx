import { useState } from "preact/hooks";
import { Notice } from "../../parts/notice.tsx";
import type { Photo } from "../../parts/photo-input.tsx";
import { reasonsOf } from "../../service/service.ts";
import { useSession } from "../../service/session-context.ts";
import { countOf } from "../../wording.ts";
import { cutFace } from "./crop.ts";
import { FaceCrop } from "./face-crop.tsx";
import type { PileFace } from "./group.ts";

type PileCardProps = {
  readonly faces: readonly PileFace[];
  readonly photos: readonly Photo[];
  readonly number: number;
};

type Outcome = { readonly name: string; readonly enrolledCount: number; readonly refusals: readonly string[] };

/** One person of the pile: faces that can be unchecked, a name, and enrollment. */
export function PileCard({ faces, photos, number }: PileCardProps) {
  const { service, collection } = useSession();
  const [left, setLeft] = useState<ReadonlySet<PileFace>>(new Set());
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const kept = faces.filter((face) => !left.has(face));

  const enroll = async (name: string) => {
    setBusy(true);
    const refusals: string[] = [];
    for (const { photo, box } of kept) {
      try {
        await service.enroll(collection, name, await cutFace(photos[photo]!.blob, box), { keepThumbnail: true });
      } catch (error) {
        refusals.push(`${photos[photo]!.name}: ${reasonsOf(error).join(" ")}`);
      }
    }
    setOutcome({ name, enrolledCount: kept.length - refusals.length, refusals });
    setBusy(false);
  };

  return (
    <section class="card" aria-label={`Person ${number}`}>
      <div class="row ends">
        <h2>{outcome?.name ?? `Person ${number}`}</h2>
        <span class="small muted">{countOf(faces.length, "face", "faces")}</span>
      </div>
      <ul class="tiles">
        {faces.map((face) => (
          <li key={`${face.photo} ${face.box.x} ${face.box.y}`} class="tile">
            <label class="tile-choice">
              <FaceCrop face={face} photo={photos[face.photo]!} />
              <span class="check small">
                <input
                  type="checkbox"
                  checked={!left.has(face)}
                  onChange={() => {
                    const next = new Set(left);
                    if (!next.delete(face)) next.add(face);
                    setLeft(next);
                  }}
                />
                is them
              </span>
            </label>
          </li>
        ))}
      </ul>
      {outcome === undefined && (
        <form
          class="row bottom"
          onSubmit={(event) => {
            event.preventDefault();
            const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
            if (name !== "") void enroll(name);
          }}
        >
          <label class="field grow">
            <span>Who is this?</span>
            <input class="input" name="name" required maxLength={256} autocomplete="off" />
          </label>
          <button type="submit" class="button primary" disabled={isBusy || kept.length === 0}>
            Enroll with {countOf(kept.length, "face", "faces")}
          </button>
        </form>
      )}
      {outcome !== undefined && outcome.enrolledCount > 0 && (
        <Notice kind="good">
          {outcome.name} is enrolled with {countOf(outcome.enrolledCount, "face", "faces")}. Consent and expiry can be
          noted under People.
        </Notice>
      )}
      {outcome !== undefined && outcome.refusals.length > 0 && (
        <Notice kind="warning">
          <b>Not enrolled:</b>
          <ul>
            {outcome.refusals.map((refusal) => (
              <li key={refusal}>{refusal}</li>
            ))}
          </ul>
        </Notice>
      )}
    </section>
  );
}
