import type { Face } from "./contract/index.ts";
import type { ServedFace } from "./parts.ts";

/** A face as answers show it, without its embedding. */
export function describeFace({ box, landmarks, score }: Omit<ServedFace, "embedding">): Face {
  return { box, score, landmarks };
}
