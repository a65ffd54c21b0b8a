import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { lanewise: fileURLToPath(new URL("src/index.ts", import.meta.url)) } },
  test: {
    include: ["test/**/*.test.ts"],
    // Worker threads cannot run the TypeScript sources: they run the built files.
    globalSetup: ["test/build.ts"],
    testTimeout: 20_000,
    // Many tests wait for processes of their own: a second one has room beside them, also on two cores.
    maxWorkers: 2,
  },
});
