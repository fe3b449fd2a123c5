import { join } from "node:path";
import { defineConfig } from "vitest/config";

// In a checkout, the package's entries are TypeScript: tsconfig.json has the same mapping for tsc and tsx.
const source = join(import.meta.dirname, "src");
const alias = [
  { find: /^cosface$/, replacement: join(source, "index.ts") },
  { find: /^cosface\/(\w+)$/, replacement: join(source, "$1.ts") },
];

export default defineConfig({
  resolve: { alias },
  test: {
    exclude: ["test/package/**", "**/node_modules/**"],
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "web/**/*.test.ts", "bench/**/*.test.ts"],
    // ONNX Runtime is a native addon with its own threads: one process a file, two at a time.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
