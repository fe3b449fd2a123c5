/** A decoded image: interleaved RGB, row by row, 0–255; `data.length === 3 · width · height`. */
export type RgbImage = {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
};
