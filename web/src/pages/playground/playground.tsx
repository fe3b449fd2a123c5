import { useMemo, useState } from "preact/hooks";
import { exactScale, marginUpperBound } from "../../../../src/measure/hypersphere/index.ts";
import { formatDegrees, formatNumber, formatPercent } from "../../../../src/measure/report/index.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { Segments } from "../../parts/segments.tsx";
import { Slider } from "../../parts/slider.tsx";
import type { CircleLoss, CircleOptions } from "./circle.ts";
import { CircleCanvas } from "./circle-canvas.tsx";
import { measureCircle } from "./measure.ts";
import { useDescent } from "./use-descent.ts";

const losses = [
  { value: "softmax", label: "Softmax" },
  { value: "nsl", label: "NSL" },
  { value: "cosface", label: "CosFace" },
] as const satisfies readonly { value: CircleLoss; label: string }[];

const formulas: Readonly<Record<CircleLoss, string>> = {
  softmax: "logit = ⟨w, x⟩: lengths count too, so features grow instead of turning.",
  nsl: "logit = s · cos θ: only directions count. Features stop just across the boundary.",
  cosface: "logit = s · (cos θ − m) for the own identity: features must come closer than the boundary by m.",
};

/** The posterior that a class center shall reach, for the mark on the slider of s. */
const POSTERIOR = 0.9;

export function Playground({ theme }: { readonly theme: string }) {
  const [loss, setLoss] = useState<CircleLoss>("cosface");
  const [identities, setIdentities] = useState(8);
  const [scale, setScale] = useState(16);
  const [margin, setMargin] = useState(0.2);
  const options = useMemo((): CircleOptions => ({ loss, scale, margin }), [loss, scale, margin]);
  const descent = useDescent(identities, options);
  const bound = marginUpperBound({ identities, dimension: 2 }).value;
  const measures = measureCircle(descent.state, options);
  const needed = exactScale({
    identities,
    dimension: 2,
    posterior: POSTERIOR,
    margin: loss === "cosface" ? margin : 0,
  });
  return (
    <>
      <PageHead title="Playground">
        The toy of the CosFace paper: identities on a circle, moved by the loss alone. Watch the margin open, and fail.
        A spring holds every feature to where it began.
      </PageHead>
      <div class="split">
        <div class="card">
          <CircleCanvas
            state={descent.state}
            options={options}
            frame={descent.steps}
            theme={theme}
            description={
              `Circle with ${identities} identities. Dots are features, lines end in class centers; the outer band is ` +
              `colored where an identity is accepted and empty in the margin. ${describe(measures)}`
            }
          />
        </div>
        <div class="stack">
          <div class="card">
            <Segments legend="Loss" options={losses} value={loss} onChange={setLoss} />
            <p class="small muted">{formulas[loss]}</p>
            <Slider label="Identities C" value={identities} min={3} max={16} step={1} onChange={setIdentities} />
            {loss !== "softmax" && (
              <Slider
                label="Scale s"
                value={scale}
                min={1}
                max={64}
                step={1}
                onChange={setScale}
                mark={scaleMark(needed)}
              />
            )}
            {loss === "cosface" && (
              <Slider
                label="Margin m"
                value={margin}
                min={0}
                max={1.5}
                step={0.01}
                format={(value) => value.toFixed(2)}
                onChange={setMargin}
                mark={{
                  at: bound,
                  label: `Bound 1 − cos(2π/${identities}) = ${formatNumber(bound, 3)}: beyond it no center is accepted.`,
                }}
              />
            )}
            <div class="row">
              <button type="button" class="button primary" onClick={descent.toggle}>
                {descent.isRunning ? "Pause" : "Run"}
              </button>
              <button type="button" class="button" onClick={descent.restart}>
                Start again
              </button>
            </div>
          </div>
          <div class="card">
            <Verdict loss={loss} margin={margin} bound={bound} identities={identities} />
            <dl class="facts">
              <dt>Step</dt>
              <dd>{descent.steps}</dd>
              <dt>Loss</dt>
              <dd>{formatNumber(descent.loss, 3)}</dd>
              <dt>Features accepted</dt>
              <dd>{formatPercent(measures.insideShare, 0)}</dd>
              <dt>Gap between clouds</dt>
              <dd>{formatDegrees(measures.meanGap)} on average</dd>
              <dt>Closest centers</dt>
              <dd>
                {formatDegrees(measures.smallestAngle)} of at most {formatDegrees(360 / identities)}
              </dd>
            </dl>
          </div>
        </div>
      </div>
    </>
  );
}

function describe({ insideShare, meanGap }: { insideShare: number; meanGap: number }): string {
  return `${formatPercent(insideShare, 0)} of the features are accepted; clouds are ${formatDegrees(meanGap, 0)} apart.`;
}

function scaleMark(needed: number | "impossible" | null) {
  if (needed === null) return undefined;
  if (needed === "impossible") return { at: Number.POSITIVE_INFINITY, label: "With this margin no scale is enough." };
  return {
    at: needed,
    label: `At least ${formatNumber(needed, 3)} for a class center to reach the posterior ${POSTERIOR}.`,
  };
}

type VerdictProps = {
  readonly loss: CircleLoss;
  readonly margin: number;
  readonly bound: number;
  readonly identities: number;
};

function Verdict({ loss, margin, bound, identities }: VerdictProps) {
  if (loss !== "cosface" || margin === 0) {
    return <p class="pill">No margin: the accepted arcs touch.</p>;
  }
  if (margin > bound) {
    return <p class="pill warning">m is beyond the bound of {identities} identities</p>;
  }
  return <p class="pill good">m fits: the circle has room for up to {formatNumber(bound, 3)}</p>;
}
