export type { RgbImage } from "./rgb-image.ts";
