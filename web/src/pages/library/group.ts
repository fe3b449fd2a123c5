/** Faces of many pictures, as people. */
import type { Box, ClusteredFace } from "../../service/answers.ts";

/** A face by its picture's place in the pile. */
export type PileFace = { readonly picture: number; readonly box: Box };

/** People found several times, largest first, and the faces that are alone. */
export type Pile = { readonly people: readonly (readonly PileFace[])[]; readonly alone: readonly PileFace[] };

export function groupFaces(faces: readonly ClusteredFace[]): Pile {
  const people = new Map<number, PileFace[]>();
  const alone: PileFace[] = [];
  for (const { picture, box, cluster } of faces) {
    if (cluster === null) alone.push({ picture, box });
    else people.set(cluster, [...(people.get(cluster) ?? []), { picture, box }]);
  }
  return { people: [...people.values()].sort((a, b) => b.length - a.length), alone };
}
