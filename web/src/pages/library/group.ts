/** Groups faces of many photos by person. */
import type { Box, ClusteredFace } from "../../../../src/service/server/contract/index.ts";

/** A face, with the index of its photo in the pile. */
export type PileFace = { readonly photo: number; readonly box: Box };

/** People with several faces, most faces first, and the faces that are like no other. */
export type Pile = { readonly people: readonly (readonly PileFace[])[]; readonly alone: readonly PileFace[] };

export function groupFaces(faces: readonly ClusteredFace[]): Pile {
  const people = new Map<number, PileFace[]>();
  const alone: PileFace[] = [];
  for (const { picture: photo, box, cluster } of faces) {
    if (cluster === null) alone.push({ photo, box });
    else people.set(cluster, [...(people.get(cluster) ?? []), { photo, box }]);
  }
  return { people: [...people.values()].sort((a, b) => b.length - a.length), alone };
}
