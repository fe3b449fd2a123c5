/**
 * Opens a file that was exported for one image to any number of images. Exporters that trace a network write the
 * number of images into it as a literal: "reshape to [1, 512]", or worse "[1, −1]", which turns four images into one
 * row without an error. Here the first axis of the inputs gets a name, and a literal shape that held the single image
 * gets that name where the image's axis was.
 */
import { elementCount, isFixedShape, type Shape } from "../graph/index.ts";

/** The name of an opened axis, where the file has none for it. */
export const BATCH = "batch";

/**
 * The target of a reshape with the batch's name at the axis that stood for the one image.
 *
 * @param shape Of the value that is reshaped; it holds the name once.
 * @param target As the file has it: sizes, one of which may be −1.
 */
export function withBatch(shape: Shape, target: Shape, batch: string): Shape {
  const at = shape.indexOf(batch);
  if (at < 0 || target.includes(batch)) return target;
  const one = shape.with(at, 1);
  const open = target.indexOf(-1);
  const others = target.filter((size) => size !== -1);
  if (!isFixedShape(one) || !isFixedShape(others) || others.length < target.length - Number(open >= 0)) return target;
  const resolved = open < 0 ? others : others.toSpliced(open, 0, elementCount(one) / elementCount(others));
  if (elementCount(resolved) !== elementCount(one)) return target;
  // The image's axis is where as many elements lie before it as before.
  const before = elementCount(one.slice(0, at));
  const axis = resolved.findIndex((_, axis) => elementCount(resolved.slice(0, axis)) === before);
  if (axis < 0) return target;
  return resolved.toSpliced(axis, Number(resolved[axis] === 1), batch);
}
