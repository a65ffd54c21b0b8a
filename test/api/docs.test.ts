import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { lanewise, node, root } from "../support/command.ts";

interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

/** The fenced blocks of a page, in order. */
function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  const text = readFileSync(root + page, "utf8");
  for (const match of text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)) {
    const line = text.slice(0, match.index).split("\n").length;
    blocks.push({ language: match[1] ?? "", text: match[2] ?? "", line });
  }
  return blocks;
}

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(`${root}docs`).flatMap((f) => (f.endsWith(".md") ? [`docs/${f}`] : [])),
];
const folder = mkdtempSync(join(tmpdir(), "docs-"));
const scripts = (JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { scripts: Record<string, string> })
  .scripts;

afterAll(() => rmSync(folder, { recursive: true }));

describe.each(pages)("%s", (page) => {
  const blocks = blocksOf(page);
  for (const [index, { language, text, line }] of blocks.entries()) {
    const next = blocks[index + 1];
    if (language === "ts" || language === "js") {
      test(`the code at line ${line} runs and prints what is shown`, async () => {
        const named = /^\/\/ ([\w-]+\.ts)/.exec(text)?.[1];
        const file = join(folder, named ?? `block-${page.replaceAll(/\W/g, "-")}-${line}.ts`);
        writeFileSync(file, text.replaceAll('"../src/', `"${root}src/`));
        const { code, stdout, stderr } = await node([`${root}test/support/run-block.mjs`, file]);
        expect(stderr).toBe("");
        expect(code).toBe(0);
        if (stdout !== "" || next?.language === "text") expect(stdout).toBe(next?.text);
      });
    }
    if (language === "sh") {
      for (const command of text.split("\n").filter((x) => x.startsWith("npx lanewise "))) {
        test(`"${command}" works`, async () => {
          const { code, stderr } = await lanewise(command.split(/\s+/).slice(2), { cwd: folder });
          expect(stderr).not.toMatch(/error|expected/i);
          expect(code).toBe(0);
        });
      }
      test(`the scripts that line ${line} names exist`, () => {
        for (const [, name] of text.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty([name as string]);
      });
    }
  }

  test("the files it links to exist", () => {
    const text = readFileSync(root + page, "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
    for (const [, link] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      const [parent, name] = [join(root, page, "..", link as string, ".."), (link as string).split("/").pop()];
      expect(readdirSync(parent), `${page} links to ${link}`).toContain(name);
    }
  });
});
