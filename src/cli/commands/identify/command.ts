import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "identify",
  description: "Name the people in photographs, among those of a folder or a collection, or report them as unknown",
  arguments: [{ name: "images", isList: true, help: "images, folders of images, or - for an image on standard input" }],
  options,
  notes: `A FAR is the rate of one comparison, and a face is compared with everybody in the
gallery. So stderr reports the rate at which an unknown person gets a name (FPIR),
as expected and as measured within the gallery. An image that cannot be read is
reported, and the exit code is 2; the others are searched all the same.`,
  examples: [
    "cosface identify party/ --gallery family/",
    "cosface identify door.jpg --gallery staff/ --far 1e-4 --limit 1 --json",
    "cosface identify door.jpg --collection staff --data people/",
  ],
  load: () => import("./run.ts"),
});
