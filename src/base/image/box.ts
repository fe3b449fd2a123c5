/** A box in pixels: left and top edge, width and height. */
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
