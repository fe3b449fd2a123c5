import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "backup",
  description: "Write a whole gallery into one file",
  arguments: [{ name: "file", help: "file to write; it must be new" }],
  options,
  notes: `The file holds collections, people, embeddings, images, hashes of keys, the audit
trail and thresholds, as they were at one moment. Content that the gallery
encrypts stays encrypted in the file; the encryption keys are not in it. The file
is written whole or not at all. On PostgreSQL the service may run meanwhile.`,
  examples: [
    "cosface backup gallery.backup --data faces-db",
    "DATABASE_URL=postgres://cosface@localhost/cosface cosface backup today.backup --json",
  ],
  load: () => import("./run.ts"),
});
