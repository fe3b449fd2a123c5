import { defineConfig } from "vitest/config";

/** Tests of the packed and installed package: `npm run test:package`. */
export default defineConfig({ test: { include: ["test/package/**/*.test.ts"], testTimeout: 300_000 } });
