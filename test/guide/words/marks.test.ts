import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readSources } from "../../architecture/source.js";
import { commentsOf, marksIn, proseOf, wordsIn } from "./marks.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const FOLDERS = ["bench", "cli", "constructs", "examples", "migrate", "providers", "sandbox", "test"];

interface Text {
  readonly path: string;
  readonly text: string;
}

function pages(): readonly Text[] {
  const docs = readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`);
  const examples = readdirSync(join(ROOT, "examples")).map((name) => `examples/${name}/README.md`);
  return ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", ...docs, ...examples]
    .filter((path) => path.endsWith(".md") && existsSync(join(ROOT, path)))
    .map((path) => ({ path, text: proseOf(readFileSync(join(ROOT, path), "utf8")) }));
}

/** Marks per 1,000 words of all texts, and the texts that have more than `most` themselves. Single marks are left out there. */
function density(texts: readonly Text[], most = Number.POSITIVE_INFINITY) {
  const counted = texts.map(({ path, text }) => ({ path, marks: marksIn(text), words: wordsIn(text) }));
  const words = counted.reduce((sum, text) => sum + text.words, 0);
  const marks = counted.flatMap((text) => text.marks.map(({ name, excerpt }) => `${text.path}: ${name}: ${excerpt}`));
  const crowded = counted.filter((text) => text.marks.length > Math.max(1, (most * text.words) / 1000));
  return { perThousand: (1000 * marks.length) / words, marks, crowded: crowded.map(({ path }) => path) };
}

describe("marks of translated English", () => {
  test("are fewer than 1 per 1,000 words of the docs, and of each page fewer than 3", () => {
    const { perThousand, marks, crowded } = density(pages(), 3);
    expect(perThousand, marks.join("\n")).toBeLessThan(1);
    expect(crowded, marks.join("\n")).toEqual([]);
  });

  test("are fewer than 2 per 1,000 words of the comments", () => {
    const sources = readSources(FOLDERS).map(({ path, text }) => ({ path, text: commentsOf(text) }));
    const { perThousand, marks } = density(sources);
    expect(perThousand, marks.join("\n")).toBeLessThan(2);
  });
});

describe("marksIn", () => {
  test.each([
    ["Of who acted a store tells the access key id alone.", 1],
    ["Where that is somebody else than the owner, the copy grants the former owner full control.", 1],
    ["Whoever only migrates is told what is missing. What remains stands in the report.", 4],
    ["The path is told, and a copy of what it holds is taken.", 3],
    ["undefined where it is not installed; the probe finds out whether the totals close", 3],
  ])("counts the marks of: %s", (text, count) => expect(marksIn(text)).toHaveLength(count));

  test.each([
    "The store reveals only the caller's access key ID.",
    "If the object has a different owner, the copy adds FULL_CONTROL for the previous owner.",
    "What is wrong with the object? The report says where to look.",
    "The message names the region, and `*` stands for any name.",
  ])("counts none in: %s", (text) => expect(marksIn(text)).toEqual([]));
});

const NOUNS =
  "bytes|objects|versions|days|hours|requests|retries|files|lines|keys|buckets|rows|rules|tags|copies|workers|segments|parts|uploads|locations|leaves|characters";

/** Templates that put a number before a plural, which is wrong for 1. A constant is no such number, and nor is `countOf`. */
function wrongForOne(source: string): string[] {
  return source.match(new RegExp(`\\$\\{(?![A-Z_]+\\}|formatCount\\(total\\))[^{}]*\\} (${NOUNS})\\b`, "g")) ?? [];
}

describe("numbers before nouns", () => {
  /** "48 h" comes before "2 days", and the other name is of a kind of requests: "read requests". */
  const RIGHT = /hours \/ 24|event\.access|\{what\}/;

  test.each(["cli", "constructs", "migrate", "providers", "sandbox"])("are counted with a helper in %s", (folder) => {
    const sources = readSources([folder]).map(({ text }) => text);
    expect(sources.length).toBeGreaterThan(5);
    expect(sources.flatMap(wrongForOne).filter((found) => !RIGHT.test(found))).toEqual([]);
  });

  test("are found without the helper", () => {
    expect(wrongForOne(`it has \${size} bytes, after \${later.days} days`)).toHaveLength(2);
    expect(wrongForOne(`\${countOf(size, "byte")}, at most \${MAX_BYTES} bytes`)).toEqual([]);
  });
});

test("density names a page that is crowded although all of them together are not", () => {
  const plain = { path: "plain.md", text: "word ".repeat(10_000) };
  const crowded = { path: "crowded.md", text: "Whoever reads this is told what stands here." };
  expect(density([plain, crowded], 3)).toMatchObject({ crowded: ["crowded.md"] });
  expect(density([plain, crowded], 3).perThousand).toBeLessThan(1);
});

test("proseOf leaves out code and headings, and joins the lines of a paragraph", () => {
  const page = ["# What it is", "```bash", "whoever", "```", "One `where` and", "[two](where.md).", "", "- What"];
  expect(proseOf(page.join("\n")).trim().split(/\n+/)).toEqual(["One x and two.", "What"]);
});

test("commentsOf returns comments only, with those of several lines in one", () => {
  const source = ["/**", " * One", " * two.", " */", 'const url = "http://where"; // Three.', "// Four", "// five."];
  expect(commentsOf(source.join("\n")).split("\n")).toEqual(["One two.", "Three.", "Four five."]);
});
