import type { Face } from "./contract/index.ts";
import type { EmbeddedFace } from "./parts.ts";

/** A face as answers show it, without its embedding. */
export function describeFace({ box, landmarks, score }: Omit<EmbeddedFace, "embedding">): Face {
  return { box, score, landmarks };
}
