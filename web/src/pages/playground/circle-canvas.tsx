import { useEffect, useRef } from "preact/hooks";
import { seriesColorCount } from "../../../../src/measure/report/index.ts";
import type { CircleOptions, CircleState } from "./circle.ts";
import "../../parts/figure-colors.ts";
import { acceptedArcs } from "./measure.ts";

type CircleCanvasProps = {
  readonly state: CircleState;
  readonly options: CircleOptions;
  /** Counts the drawings: the state changes in place. */
  readonly frame: number;
  readonly theme: string;
  readonly description: string;
};

/** Pixels of the drawing, twice those of the largest place it gets, for sharp lines on dense screens. */
const SIZE = 1120;
const MIDDLE = SIZE / 2;
const RADIUS = 478;

/** The circle: bands where each identity is accepted, class centers as arrows, features as dots. */
export function CircleCanvas({ state, options, frame, theme, description }: CircleCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  // The state changes in place: `frame` says when; and `theme` changes the colors.
  useEffect(() => draw(canvas.current!, state, options), [frame, state, options, theme]);
  return <canvas ref={canvas} class="figure circle" width={SIZE} height={SIZE} role="img" aria-label={description} />;
}

function draw(canvas: HTMLCanvasElement, state: CircleState, options: CircleOptions): void {
  const pen = canvas.getContext("2d");
  if (pen === null) return;
  const style = getComputedStyle(canvas);
  const color = (name: string) => style.getPropertyValue(`--figure-${name}`);
  const colorOf = (label: number) => color(`series-${(label % seriesColorCount) + 1}`);
  pen.clearRect(0, 0, SIZE, SIZE);

  pen.lineWidth = 3;
  pen.strokeStyle = color("axis");
  circle(pen, RADIUS);
  pen.stroke();

  pen.lineWidth = 30;
  for (const { label, from, to } of acceptedArcs(state, options)) {
    pen.strokeStyle = colorOf(label);
    pen.beginPath();
    // The canvas's y axis points down, the circle's angles go counterclockwise.
    pen.arc(MIDDLE, MIDDLE, RADIUS + 46, -to, -from);
    pen.stroke();
  }

  const reach = longest(state, options);
  const at = (points: Float64Array, k: number): [number, number] => [
    MIDDLE + (RADIUS * points[2 * k]!) / reach,
    MIDDLE - (RADIUS * points[2 * k + 1]!) / reach,
  ];
  for (let j = 0; j < state.centers.length / 2; j++) {
    const [x, y] = at(state.centers, j);
    pen.strokeStyle = colorOf(j);
    pen.lineWidth = 5;
    pen.beginPath();
    pen.moveTo(MIDDLE, MIDDLE);
    pen.lineTo(x, y);
    pen.stroke();
  }
  state.labels.forEach((label, i) => {
    const [x, y] = at(state.features, i);
    pen.fillStyle = colorOf(label);
    pen.globalAlpha = 0.72;
    dot(pen, x, y, 9);
    pen.globalAlpha = 1;
  });
  for (let j = 0; j < state.centers.length / 2; j++) {
    const [x, y] = at(state.centers, j);
    pen.fillStyle = color("surface");
    dot(pen, x, y, 17);
    pen.fillStyle = colorOf(j);
    dot(pen, x, y, 12);
  }
}

/** Length that reaches the circle: 1 where all are of length 1, else the longest of them. */
function longest({ features, centers }: CircleState, { loss }: CircleOptions): number {
  if (loss !== "softmax") return 1;
  let most = 1;
  for (const points of [features, centers]) {
    for (let k = 0; k < points.length; k += 2) most = Math.max(most, Math.hypot(points[k]!, points[k + 1]!));
  }
  return most;
}

function circle(pen: CanvasRenderingContext2D, radius: number): void {
  pen.beginPath();
  pen.arc(MIDDLE, MIDDLE, radius, 0, 2 * Math.PI);
}

function dot(pen: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}
