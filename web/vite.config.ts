import { join } from "node:path";
import { defineConfig } from "vite";

/** A service to develop against: `npx cosface serve` prints its address. */
const service = process.env.COSFACE_URL ?? "http://127.0.0.1:8000";

/** The project's library: none of its modules does anything by being imported that an unused one would be missed for. */
const library = join(import.meta.dirname, "..", "src");

export default defineConfig({
  root: import.meta.dirname,
  build: {
    // Nothing may stand in the page itself: the service's content security policy allows files of its own only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      // What of the library writes files and runs networks is no part of the pages: an import that were left would break them.
      external: [/^node:/, "sharp", "onnxruntime-node"],
      // Who takes a number's format from the reports shall not get their charts with it.
      treeshake: { moduleSideEffects: (id, isExternal) => !isExternal && !id.startsWith(library) },
    },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { proxy: { "/v1": service, "/openapi.json": service } },
});
