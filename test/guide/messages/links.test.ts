import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const inFolder = (folder: string) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name));
const PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", ...inFolder("docs"), ...readmes()].filter((path) =>
  path.endsWith(".md"),
);

function readmes(): string[] {
  const paths = inFolder("examples").map((folder) => join(folder, "README.md"));
  return paths.filter((path) => existsSync(join(ROOT, path)));
}

/** Links of a page into the repository that lead nowhere: a file that is not there, or a heading that the file has not. */
function deadLinks(path: string, markdown: string): string[] {
  const targets = [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(path, target, markdown));
}

function leadsSomewhere(path: string, target: string, markdown: string): boolean {
  const [file = "", heading] = target.split("#");
  if (file === "") return headingsOf(markdown).has(heading ?? "");
  const to = join(ROOT, dirname(path), file);
  return existsSync(to) && (heading === undefined || headingsOf(readFileSync(to, "utf8")).has(heading));
}

/** As GitHub makes them. */
function headingsOf(markdown: string): Set<string> {
  const titles = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title);
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

describe("deadLinks", () => {
  test.each(PAGES)("finds none in %s", (path) => {
    expect(deadLinks(path, readFileSync(join(ROOT, path), "utf8"))).toEqual([]);
  });

  test("returns links to missing files and headings", () => {
    const page = "# A title, here\n[a](absent.md) [b](limits.md#absent) [c](#a-title-here) [d](#other) [e](limits.md)";
    expect(deadLinks("docs/x.md", page)).toEqual(["absent.md", "limits.md#absent", "#other"]);
  });
});
