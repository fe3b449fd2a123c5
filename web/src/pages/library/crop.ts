/** A face cut out of its photo, with enough around it for a detector to find it again. */
import type { Box } from "../../../../src/service/server/contract/index.ts";

/** Side of the cut, relative to the longer side of the face's box. */
const ROOM = 1.7;

/** A square around a face, moved and shrunk to lie within the photo; in whole pixels. */
export function cropFor(box: Box, photo: { readonly width: number; readonly height: number }): Box {
  const side = Math.floor(Math.min(ROOM * Math.max(box.width, box.height), photo.width, photo.height));
  const within = (middle: number, length: number) =>
    Math.round(Math.min(Math.max(0, middle - side / 2), length - side));
  return {
    x: within(box.x + box.width / 2, photo.width),
    y: within(box.y + box.height / 2, photo.height),
    width: side,
    height: side,
  };
}

/** The cut as JPEG. */
export async function cutFace(photo: Blob, box: Box): Promise<Blob> {
  const image = await createImageBitmap(photo);
  const { x, y, width, height } = cropFor(box, image);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")!.drawImage(image, x, y, width, height, 0, 0, width, height);
  image.close();
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error("The face could not be cut out")) : resolve(blob)),
      "image/jpeg",
      0.95,
    ),
  );
}
