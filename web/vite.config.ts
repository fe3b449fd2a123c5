import { join } from "node:path";
import { defineConfig } from "vite";

/** A service to develop against: `npx cosface serve` prints its address. */
const service = process.env.COSFACE_URL ?? "http://127.0.0.1:8000";

/** The project's library: none of its modules has side effects, so unused ones can be left out. */
const library = join(import.meta.dirname, "..", "src");

export default defineConfig({
  root: import.meta.dirname,
  build: {
    // No inline scripts and styles: the content security policy of the service allows its own files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      // Modules of the library that write files and run networks are not part of the pages: a remaining import would
      // break them.
      external: [/^node:/, "sharp", "onnxruntime-node"],
      // An import of a number format from the reports does not pull in their charts.
      treeshake: { moduleSideEffects: (id, isExternal) => !isExternal && !id.startsWith(library) },
    },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { proxy: { "/v1": service, "/openapi.json": service } },
});
