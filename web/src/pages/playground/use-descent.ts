import { useEffect, useRef, useState } from "preact/hooks";
import { type CircleOptions, type CircleState, startCircle, stepCircle } from "./circle.ts";

/** The learning rate, and steps for each frame of the screen. */
const RATE = 0.05;
const STEPS_PER_FRAME = 2;
/** Descent rests after as many steps without a change of the sliders: by then, nothing moves. */
const STEPS_TO_REST = 1800;
const FEATURES_EACH = 24;

export type Descent = {
  readonly state: CircleState;
  readonly steps: number;
  readonly loss: number;
  readonly isRunning: boolean;
  readonly toggle: () => void;
  readonly restart: () => void;
};

/** Gradient descent, frame by frame. Another number of identities or another loss begins anew, a slider goes on. */
export function useDescent(identities: number, options: CircleOptions): Descent {
  const [seed, setSeed] = useState(1);
  const [isRunning, setRunning] = useState(() => !matchMedia("(prefers-reduced-motion: reduce)").matches);
  const [progress, setProgress] = useState({ steps: 0, loss: Number.NaN });
  const key = `${identities} ${options.loss} ${seed}`;
  const current = useRef({ key: "", state: startCircle(2, 1, 0), rest: 0, steps: 0 });
  if (current.current.key !== key) {
    current.current = { key, state: startCircle(identities, FEATURES_EACH, seed), rest: STEPS_TO_REST, steps: 0 };
  }
  // A moved slider wakes what rests.
  useEffect(() => {
    current.current.rest = STEPS_TO_REST;
  }, [options]);
  useEffect(() => {
    if (!isRunning) return;
    let request = requestAnimationFrame(function advance() {
      const run = current.current;
      if (run.rest > 0) {
        let loss = 0;
        for (let k = 0; k < STEPS_PER_FRAME; k++) loss = stepCircle(run.state, options, RATE);
        run.rest -= STEPS_PER_FRAME;
        run.steps += STEPS_PER_FRAME;
        setProgress({ steps: run.steps, loss });
      }
      request = requestAnimationFrame(advance);
    });
    return () => cancelAnimationFrame(request);
  }, [isRunning, options, key]);
  return {
    state: current.current.state,
    ...progress,
    isRunning,
    toggle: () => setRunning(!isRunning),
    restart: () => setSeed(seed + 1),
  };
}
