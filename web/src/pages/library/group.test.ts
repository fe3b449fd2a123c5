import { expect, it } from "vitest";
import { groupFaces } from "./group.ts";

it("puts faces of one cluster together, the largest first, and leaves lone ones alone", () => {
  const box = { x: 0, y: 0, width: 1, height: 1 };
  const face = (photo: number, cluster: number | null) => ({ picture: photo, cluster, box, score: 1, landmarks: [] });
  const { people, alone } = groupFaces([face(0, 4), face(0, 2), face(1, 2), face(2, null), face(2, 2), face(3, 4)]);
  expect(people.map((faces) => faces.map(({ photo }) => photo))).toEqual([
    [0, 1, 2],
    [0, 3],
  ]);
  expect(alone).toEqual([{ photo: 2, box }]);
});
