/**
 * The positions at which a network expects the five landmarks in its input. A network that was trained on one template
 * loses more with another one than most networks differ by.
 */
import { ModelError, requireKind } from "../../base/core/index.ts";
import { type Landmarks, landmarkTemplate } from "../../base/image/index.ts";
import { templateNames } from "./names.ts";

/** A template by its name, or five points in pixels of the input. */
export type AlignmentTemplate = (typeof templateNames)[number] | Landmarks;

/** InsightFace's choice for an input of [height, width], for files that do not name their template. */
export function defaultTemplate([height, width]: readonly [number, number]): AlignmentTemplate {
  return width === height && width % 128 === 0 && width % 112 !== 0 ? "arcface-128" : "arcface";
}

/** The landmarks of a template in an input of [height, width] pixels; undefined for "none". */
export function templateLandmarks(
  template: AlignmentTemplate,
  inputSize: readonly [number, number],
): Landmarks | undefined {
  requireKind("input size", inputSize, "a list");
  const [height, width] = inputSize;
  if (template === "none") return undefined;
  if (template === "arcface") return landmarkTemplate(width, height);
  if (template !== "arcface-128") return template;
  const ratio = width / 128;
  return landmarkTemplate(112, 112).map(([x, y]) => [ratio * (x + 8), ratio * y]) as unknown as Landmarks;
}

/** A template as text: its name, or its points as JSON. */
export function formatTemplate(template: AlignmentTemplate): string {
  return typeof template === "string" ? template : JSON.stringify(template);
}

/** Reads what `formatTemplate` writes. @throws {ModelError} that begins with `where`. */
export function parseTemplate(where: string, value: unknown): AlignmentTemplate {
  const name = templateNames.find((known) => known === value);
  if (name !== undefined) return name;
  const points = typeof value === "string" ? parseJson(value) : value;
  if (Array.isArray(points) && points.length === 5 && points.every(isPoint)) return points as unknown as Landmarks;
  const expected = `${templateNames.join(", ")}, or five points [[x, y], …] in pixels of the input`;
  throw new ModelError(`${where}: got template ${JSON.stringify(value)}, expected ${expected}`);
}

function isPoint(point: unknown): boolean {
  return Array.isArray(point) && point.length === 2 && point.every(Number.isFinite);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
