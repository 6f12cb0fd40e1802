import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { COMMANDS, createProgram } from "../../../cli/program.js";

const { commands } = await createProgram(COMMANDS.map(({ name }) => name));

describe("options in the docs", () => {
  const PAGES = [
    "README.md",
    ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).map((name) => join("docs", name)),
  ].filter((path) => path.endsWith(".md"));

  const FLAGS = new Map(
    commands.map((command) => [
      command.name(),
      new Set([
        "--help",
        ...command.options.flatMap(({ long, negate }) => [long ?? "", negate ? "" : `--no-${long?.slice(2)}`]),
      ]),
    ]),
  );

  /** Options that a page gives to a command of bucketseal that does not have them. */
  function unknownUses(markdown: string): string[] {
    const lines = markdown.replaceAll(/\\\n\s*/g, " ").split("\n");
    return lines.flatMap((line) => [...line.matchAll(/\bbucketseal ([a-z]+)([^`|;&>#\n]*)/g)].flatMap(problemsOf));
  }

  function problemsOf([use, command = "", rest = ""]: RegExpMatchArray): string[] {
    const known = FLAGS.get(command);
    const flags = rest.match(/(?<!\S)--[a-z-]+/g) ?? [];
    // A sentence may go on after the name of the tool.
    if (known === undefined) return flags.length > 0 ? [use.trim()] : [];
    return flags.filter((flag) => !known.has(flag)).map((flag) => `${command} ${flag}`);
  }

  describe("unknownUses", () => {
    test.each(PAGES)("finds none in %s", (path) => {
      expect(unknownUses(readFileSync(join(ROOT, path), "utf8"))).toEqual([]);
    });

    test("returns unknown options and unknown commands with options", () => {
      const page =
        "npx bucketseal audit s3://a --region gra \\\n  --colour red\nbucketseal paint --colour\nbucketseal seals it";
      expect(unknownUses(page)).toEqual(["audit --colour", "bucketseal paint --colour"]);
    });
  });
});

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

/** Test files in the code spans of a page that do not exist. A path is from the root, or from `test/`. */
function missingTests(markdown: string): string[] {
  const spans = [...markdown.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  const paths = spans.flatMap((span) => span.match(/[\w./-]+\.test\.ts\b/g) ?? []);
  return paths.filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, "test", path)));
}

describe("missingTests", () => {
  test.each(PAGES)("finds none in %s", (path) => {
    expect(missingTests(readFileSync(join(ROOT, path), "utf8"))).toEqual([]);
  });

  test("returns paths that lead to no file, in a command too", () => {
    const page =
      "`guide/messages/links.test.ts` `test/architecture.test.ts` `cli/absent.test.ts` `npx tsx test/run.ts test/gone.test.ts`";
    expect(missingTests(page)).toEqual(["cli/absent.test.ts", "test/gone.test.ts"]);
  });
});
