import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "restore",
  description: "Make a gallery from a backup, in a new folder or database",
  arguments: [{ name: "file", help: "file that cosface backup wrote" }],
  options,
  notes: `The new folder or database may be of the other kind than the one that was backed
up: so a gallery moves from a folder to a server. Everything is restored, or
nothing. Backups of older versions are updated. An encrypted backup needs its key.`,
  examples: [
    "cosface restore gallery.backup --data restored",
    "DATABASE_URL=postgres://cosface@localhost/new cosface restore gallery.backup",
  ],
  load: () => import("./run.ts"),
});
