import { defineCommand } from "../../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "delete",
  description: "Delete a person with all their data, or a collection with all its people",
  arguments: [
    { name: "collection", help: "name of the collection" },
    { name: "subject", isOptional: true, help: "name of the person" },
  ],
  options,
  notes: `The receipt has random ids, counts and a digest of itself, and no name; the audit
trail has the digest too. docs/privacy.md describes what stays in free pages and
backups.`,
  examples: [
    'cosface gallery delete staff "Ann Example" --receipt receipt.json',
    "cosface gallery delete guests --whole-collection",
  ],
  load: () => import("./run.ts"),
});
