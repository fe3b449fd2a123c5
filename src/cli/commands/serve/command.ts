import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "serve",
  description: "Run the recognition service and its page: people, their images, and identification over HTTP",
  options,
  notes: `Each option can also be set by the environment variable in brackets, or in the file
of --config. On its first start the service makes a key that allows everything,
and prints it once.`,
  examples: [
    "cosface serve --data faces-db",
    "DATABASE_URL=postgres://cosface@localhost/cosface cosface serve --host 0.0.0.0 --port 80",
  ],
  load: () => import("./run.ts"),
});
