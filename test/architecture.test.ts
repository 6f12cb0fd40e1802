import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  defaultExports,
  forbiddenImports,
  importCycles,
  longFunctions,
  MAY_IMPORT,
  misnamedFiles,
  RANKS,
  sizeProblems,
  upwardImports,
  usesOfTheTerminal,
} from "./architecture/rules.js";
import { readSources, type Source } from "./architecture/source.js";

const shipped = readSources(Object.keys(MAY_IMPORT));
const all = [...shipped, ...readSources(["bench", "examples", "test"])];

/** Files made of lines that break a rule on purpose. */
const files = (texts: Readonly<Record<string, readonly string[]>>): Source[] =>
  Object.entries(texts).map(([path, lines]) => ({ path, text: lines.join("\n") }));

describe("readSources", () => {
  it("reads the sources of cli, constructs, migrate and sandbox", () => {
    expect(shipped.length).toBeGreaterThan(200);
    expect(shipped.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["cli/main.ts", "constructs/index.ts", "migrate/plan/plan.ts", "sandbox/http/routes.ts"]),
    );
  });
});

describe("forbiddenImports", () => {
  it("finds none in the shipped sources", () => expect(forbiddenImports(shipped)).toEqual([]));

  it("applies the table in docs/ARCHITECTURE.md", () => {
    const document = readFileSync(new URL("../docs/ARCHITECTURE.md", import.meta.url), "utf8");
    const rows = [...document.matchAll(/^\| `(\w+)\/` *\|.*\| ([^|]*?) *\|$/gm)].map(([, folder, others]) => [
      folder,
      others,
    ]);
    expect(Object.fromEntries(rows)).toMatchObject(
      Object.fromEntries(
        Object.entries(MAY_IMPORT).map(([folder, others]) => [folder, others.join(", ") || "nothing"]),
      ),
    );
  });

  it.each([
    [
      "a folder that must not know the other",
      "migrate/a.ts",
      'import { B } from "../constructs/index.js";',
      "constructs/index.ts",
    ],
    ["a type of such a folder", "constructs/a.ts", 'import type { B } from "../migrate/index.js";', "migrate/index.ts"],
    ["a re-export", "sandbox/http/a.ts", 'export * from "../../migrate/index.js";', "migrate/index.ts"],
    ["an import at run time", "cli/a.ts", 'await import("../constructs/index.js");', "constructs/index.ts"],
    [
      "an inside of a folder that may be imported",
      "sandbox/a.ts",
      'import { b } from "../providers/b.js";',
      "providers/b.ts",
    ],
    ["a test", "migrate/a.ts", 'import { b } from "../test/b.js";', "test/b.ts"],
    ["anything at all in providers/", "providers/a.ts", 'import { readFile } from "node:fs";', "node:fs"],
    ["an optional peer outside of constructs/", "cli/a.ts", 'import { App } from "cdktf";', "cdktf"],
  ])("reports %s", (_, path, line, to) => {
    const found = forbiddenImports(files({ [path]: ["// first line", line] }));
    expect(found).toEqual([expect.stringContaining(`${path}:2 imports ${to}: `)]);
  });

  it("allows the index of a lower folder, the same folder, and packages", () => {
    const lines = [
      'import { b } from "../../providers/index.js";',
      'import { c } from "../run/c.js";',
      'import "zod";',
    ];
    expect(forbiddenImports(files({ "migrate/plan/a.ts": lines }))).toEqual([]);
  });
});

describe("importCycles", () => {
  it("finds none in the sources", () => expect(importCycles(all)).toEqual([]));

  it("finds a cycle over three files, once", () => {
    const ring = files({
      "a/one.ts": ['import { two } from "./two.js";'],
      "a/two.ts": ['export { three } from "../b/three.js";'],
      "b/three.ts": ['const { one } = await import("../a/one.js");'],
    });
    expect(importCycles(ring)).toEqual(["a/one.ts -> a/two.ts -> b/three.ts -> a/one.ts"]);
  });

  it("counts type imports, and ignores two paths to one file", () => {
    const sources = files({
      "a/one.ts": ['import { two } from "./two.js";', 'import { three } from "./three.js";'],
      "a/two.ts": ['import type { One } from "./one.js";', 'import { three } from "./three.js";'],
      "a/three.ts": ["export const three = 3;"],
    });
    expect(importCycles(sources)).toEqual(["a/one.ts -> a/two.ts -> a/one.ts"]);
  });
});

describe("upwardImports", () => {
  it("finds none in the shipped sources", () => expect(upwardImports(shipped)).toEqual([]));

  it("uses the ranks of docs/ARCHITECTURE.md", () => {
    const document = readFileSync(new URL("../docs/ARCHITECTURE.md", import.meta.url), "utf8");
    const rows = [...document.matchAll(/^\| \d+ \| `(\w+)\/`/gm)].map(([, folder]) => folder);
    expect(rows).toEqual(RANKS);
  });

  it.each([
    [
      "a value of a higher folder",
      "migrate/store/a.ts",
      'import { plan } from "../plan/plan.js";',
      "migrate/plan/plan.ts",
    ],
    ["a type of one", "migrate/plan/a.ts", 'import type { A } from "../run/a.js";', "migrate/run/a.ts"],
    ["a file beside the folders", "migrate/run/a.ts", 'import { audit } from "../migrate.js";', "migrate/migrate.ts"],
  ])("reports %s", (_, path, line, to) => {
    expect(upwardImports(files({ [path]: ["", line] }))).toEqual([`${path}:2 imports ${to}, which is above it`]);
  });

  it("reports a folder without a rank", () => {
    const sources = files({ "migrate/other/a.ts": ['import { plan } from "../plan/plan.js";'] });
    expect(upwardImports(sources)).toEqual(["migrate/other/a.ts:1: its folder has no rank"]);
  });

  it("allows lower folders, the same folder, and errors.ts", () => {
    const lines = [
      'import { a } from "../store/a.js";',
      'import "./b.js";',
      'import { RunError } from "../errors.js";',
    ];
    expect(upwardImports(files({ "migrate/run/a.ts": lines }))).toEqual([]);
  });
});

describe("sizes of files and functions", () => {
  it("stay within the limits", () => expect([...sizeProblems(shipped), ...longFunctions(shipped)]).toEqual([]));

  const source = (path: string, lines: number): Source => ({ path, text: "x\n".repeat(lines) });

  it.each([
    ["a file of more than 300 lines", [source("a.ts", 301)], "a.ts is too long"],
    ["many files", Array.from({ length: 421 }, (_, n) => source(`${n}.ts`, 100)), "there are 421 files, more than 420"],
    ["fragments", [source("a.ts", 29), source("b.ts", 100), source("c.ts", 100)], "33.3 % of the files have under 30"],
    ["a low median", [source("a.ts", 40), source("b.ts", 41)], "the median file has 41 lines, not 80 to 130"],
    ["long files", [source("a.ts", 100), source("b.ts", 200)], "one file in ten has 200 lines or more"],
  ])("report %s", (_, sources, problem) => {
    expect(sizeProblems(sources)).toContainEqual(expect.stringContaining(problem));
  });

  it("report a function of 40 lines under its line", () => {
    const body = Array.from({ length: 38 }, () => "  call();");
    expect(longFunctions(files({ "a.ts": ["", "const f = () => {", ...body, "};"] }))).toEqual(["a.ts:2 has 40 lines"]);
    expect(longFunctions(files({ "a.ts": ["", "const f = () => {", ...body.slice(1), "};"] }))).toEqual([]);
  });
});

describe("usesOfTheTerminal", () => {
  it("finds none outside cli/", () => expect(usesOfTheTerminal(shipped)).toEqual([]));

  it.each([
    ["an exit", "process.exit(1);", "uses process"],
    ["an environment variable, in a string too", "const where = `in $" + "{process.env.HOME}`;", "uses process"],
    ["a property taken out", "const { env } = process;", "uses process"],
    ["a print", 'if (true) console.log("x");', "uses console"],
    ["a console handed on", "const logger = { log: console };", "uses console"],
    ["the module", 'import { argv } from "node:process";', "imports node:process"],
  ])("reports %s outside cli/", (_, line, words) => {
    const found = usesOfTheTerminal(files({ "migrate/run/a.ts": ["", line] }));
    expect(found).toEqual([`migrate/run/a.ts:2 ${words}`]);
  });

  it("ignores cli/, comments, strings, property names, and process.versions", () => {
    const lines = ["// process.exit", 'const a = "console.log";', "const b = a.process;", "({ console: b });"];
    const sources = files({
      "cli/a.ts": ["process.exit(1);"],
      "migrate/a.ts": [...lines, "const { node } = process.versions;"],
    });
    expect(usesOfTheTerminal(sources)).toEqual([]);
  });
});

describe("misnamedFiles", () => {
  it("finds none in the sources", () => expect(misnamedFiles(all)).toEqual([]));

  it.each([
    ["migrate/copy/SingleCopy.ts", '"SingleCopy" is not kebab-case'],
    ["migrate/copy/single_copy.ts", '"single_copy" is not kebab-case'],
    ["migrate/utils/copy.ts", '"utils" does not say what it does'],
    ["migrate/copy/copy-helpers.ts", '"helpers" does not say what it does'],
  ])("reports %s", (path, words) => {
    expect(misnamedFiles(files({ [path]: [], "migrate/copy/single-copy.ts": [] }))).toEqual([`${path}: ${words}`]);
  });
});

describe("defaultExports", () => {
  it("finds none in the sources", () => expect(defaultExports(all)).toEqual([]));

  it("reports both spellings, and ignores tool configuration files", () => {
    const sources = files({
      "a/one.ts": ["const one = 1;", "export default one;"],
      "a/two.ts": ["const two = 2;", "export { two as default };"],
      "a/three.ts": ['export { default as three } from "./one.js";'],
      "some.config.ts": ["export default {};"],
    });
    expect(defaultExports(sources)).toEqual(["a/one.ts:2", "a/two.ts:2"]);
  });
});

const { scripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

it("what waits for npm run test:deploy is tagged deploy, in the folders that it runs", () => {
  const folders = scripts["test:deploy"]?.match(/\btest\/[a-z/]+(?=\s|$)/g) ?? [];
  const waiting = readSources(["test"]).filter(({ text }) => /\b(DEPLOY|deployMissing)\b.*\n?.*\bfrom "/.test(text));
  expect(waiting.length).toBeGreaterThan(1);
  const elsewhere = waiting.filter(({ path }) => !folders.some((folder) => path.startsWith(`${folder}/`)));
  expect(elsewhere.map(({ path }) => path)).toEqual([]);
  const untagged = waiting.filter(
    ({ path, text }) => path.endsWith(".test.ts") && !/@module-tag deploy|"deploy"/.test(text),
  );
  expect(untagged.map(({ path }) => path)).toEqual([]);
});
