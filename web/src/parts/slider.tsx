import { useId } from "preact/hooks";

/** A marked value on a slider, such as a bound. */
export type SliderMark = { readonly at: number; readonly label: string };

type SliderProps = {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly mark?: SliderMark | undefined;
  readonly format?: (value: number) => string;
  readonly onChange: (value: number) => void;
};

/** Half the width of a slider's thumb in Chromium and Firefox: at the ends, the thumb's middle is this far inside. */
const THUMB_RADIUS = 8;

/** A range input with its value, and a mark below the track. */
export function Slider({ label, value, min, max, step, mark, format = String, onChange }: SliderProps) {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <output for={id}>{format(value)}</output>
      <div class="slider-track">
        <input
          id={id}
          type="range"
          min={min}
          max={max}
          step={step}
          value={value}
          aria-valuetext={format(value)}
          aria-describedby={mark === undefined ? undefined : `${id}-mark`}
          onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
        />
        {mark !== undefined && mark.at <= max && mark.at >= min && (
          <svg aria-hidden="true">
            <path
              d="M0 0 5 9H-5z"
              fill="currentColor"
              style={{ transform: `translateX(${placeOnTrack((mark.at - min) / (max - min))})` }}
            />
          </svg>
        )}
      </div>
      {mark !== undefined && <small id={`${id}-mark`}>{mark.label}</small>}
    </div>
  );
}

function placeOnTrack(share: number): string {
  return `calc(${share} * (100cqw - ${2 * THUMB_RADIUS}px) + ${THUMB_RADIUS}px)`;
}
