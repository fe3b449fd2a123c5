import type { Face } from "../../../src/service/server/contract/index.ts";
import { countOf } from "../wording.ts";

type FacePhotoProps = {
  readonly url: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly faces: readonly (Face & { readonly label: string; readonly isKnown: boolean })[];
  /** Index of the highlighted face. */
  readonly current?: number | undefined;
};

/** A photo with the boxes, numbers and landmarks of its faces. */
export function FacePhoto({ url, name, width, height, faces, current }: FacePhotoProps) {
  const unit = Math.max(width, height) / 100;
  return (
    <div class="photo">
      <img src={url} alt={`${name}: ${countOf(faces.length, "face", "faces")}`} />
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {faces.map(({ box, landmarks, label, isKnown }, index) => (
          <g key={label} class={`face ${isKnown ? "known" : ""} ${index === current ? "current" : ""}`}>
            <rect class="halo" {...box} rx={unit} stroke-width={unit * 1.1} />
            <rect {...box} rx={unit} stroke-width={unit * 0.55} />
            {landmarks.map(([x, y]) => (
              <circle key={`${x} ${y}`} cx={x} cy={y} r={unit * 0.5} />
            ))}
            <text x={box.x} y={Math.max(unit * 4.2, box.y - unit * 1.4)} font-size={unit * 4}>
              {label}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}
