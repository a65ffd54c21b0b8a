import { readFileSync } from "node:fs";
import { defineConfig } from "tsdown";

const shared = { format: "esm", target: "es2023", outExtensions: () => ({ js: ".js", dts: ".d.ts" }) } as const;

/** A page's script becomes a module that exports it as text, with its style beside it. */
const asText = (style: string) => ({
  name: "page-as-text",
  generateBundle(_: unknown, bundle: Record<string, { type: string; code?: string }>) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.code === undefined) continue;
      const text = { script: chunk.code, style: readFileSync(style, "utf8") };
      chunk.code = Object.entries(text)
        .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`)
        .join("");
    }
  },
});

export default defineConfig([
  /** The entries beside each other: the library, reports, the file that a browser's workers run, and the command. */
  {
    ...shared,
    entry: {
      index: "src/index.ts",
      report: "src/report/report.ts",
      worker: "src/device/worker.ts",
      cli: "src/cli/main.ts",
    },
    platform: "neutral",
    dts: { entry: ["src/index.ts", "src/report/report.ts"] },
    deps: { neverBundle: [/^node:/] },
  },
  /** What Node's worker threads run: they start sooner without its loader of modules. */
  {
    ...shared,
    entry: { thread: "src/device/thread.ts", interpreter: "src/device/interpreter.ts" },
    format: "cjs",
    platform: "node",
    outExtensions: () => ({ js: ".cjs" }),
    clean: false,
    dts: false,
  },
  /** The script of a report's page, with all it needs, for `<script>` without a server. */
  {
    ...shared,
    entry: { "report-page": "src/report/page/main.ts" },
    format: "iife",
    platform: "browser",
    minify: true,
    clean: false,
    dts: false,
    deps: { alwaysBundle: [/./] },
    outputOptions: { entryFileNames: "report-page.js" },
    plugins: [asText("src/report/page/style.css")],
  },
]);
