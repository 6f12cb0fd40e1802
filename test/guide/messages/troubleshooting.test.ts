import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { REASON_WORDS, VERSION_LEFT_WORDS } from "../../../migrate/model/reason.js";
import { NOT_OBSERVABLE_WORDS } from "../../../migrate/probe/words.js";
import { VERDICT_WORDS } from "../../../migrate/report/run-state.js";
import { readSources, type Source } from "../../architecture/source.js";
import { codeSpans, messagesOf, untold } from "./messages-of.js";

const page = readFileSync(new URL("../../../docs/troubleshooting.md", import.meta.url), "utf8");
/** The layout of a report, the findings of a probe, and a rehearsal. The features' own errors have one shape, which the page shows. */
const NO_TROUBLE =
  /^(migrate\/report\/(?!caveats)|migrate\/probe\/experiments\/|cli\/(print|progress|demo)\/|constructs\/(bucket|features|policy)\/)/;
const sources = readSources(["cli", "constructs", "migrate", "providers"]).filter(({ path }) => !NO_TROUBLE.test(path));

describe("docs/troubleshooting.md", () => {
  test.each([
    ["reason of an object", REASON_WORDS],
    ["reason of a noncurrent version", VERSION_LEFT_WORDS],
    ["reason of a probe to leave something open", NOT_OBSERVABLE_WORDS],
    ["verdict", VERDICT_WORDS],
  ])("has an entry for every %s", (_, words) => {
    const spans = new Set(codeSpans(page));
    expect(Object.values<string>(words).filter((text) => !spans.has(text))).toEqual([]);
  });

  test("has an entry for every message of the sources", { tags: ["slow"] }, () => {
    expect(untold(sources.flatMap(messagesOf), page)).toEqual([]);
  });

  test("lacks an invented message, and the check reports it", () => {
    expect(codeSpans(page)).not.toContain("the object is of the wrong colour");
    expect(untold([{ parts: ["the colour ", " is not allowed here"], at: "x.ts:1" }], page)).toEqual([
      'x.ts:1 says "the colour ... is not allowed here"',
    ]);
  });
});

describe("messagesOf", () => {
  const told = (text: string, path = "migrate/a.ts"): number => {
    const source: Source = { path, text: text.replaceAll("HOLE", "$".concat("{x}")) };
    return messagesOf(source).length;
  };

  test.each([
    "throw new RunError(`the colour HOLE is not allowed`);",
    'throw new UsageError(["the colour is not allowed"]);',
    "problems.push(`the colour HOLE is not allowed here`);",
    "const WORDS = { colour: () => `the colour is HOLE not allowed` };",
    'const found = { kind: "bad", why: "the colour is not allowed" };',
    'function colourProblems() { return x ? ["the colour is not allowed"] : []; }',
  ])("finds a message in %s", (text) => expect(told(text)).toBe(1));

  test.each([
    'print("the colour is as it should be");',
    'throw new Error("a bug that nobody should see");',
    'const COLOUR_WORDS = { red: "the colour of the object" };',
    'problems.push("too short");',
  ])("finds no message in %s", (text) => expect(told(text)).toBe(0));

  test("finds the message of a plain error in the constructs", () => {
    expect(told('throw new Error("the colour is not allowed");', "constructs/a.ts")).toBe(1);
  });
});
