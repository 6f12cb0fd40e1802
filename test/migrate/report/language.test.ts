import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import french from "../../../migrate/report/french.json" with { type: "json" };
import { renderHtml } from "../../../migrate/report/html/render-html.js";
import { ENGLISH, LANGUAGES, langOf, type Sentence, withoutMarks } from "../../../migrate/report/language.js";
import { renderMarkdown } from "../../../migrate/report/markdown/render-markdown.js";
import { everyReport } from "../fixtures/every-report.js";

const FRENCH = LANGUAGES.fr;
const ENTRIES = Object.entries(french) as [Sentence, string][];
const finished = (text: string) => FRENCH.finish(text);

/** The places of a sentence that a value takes, without those that only choose between one and several. */
const placesOf = (text: string) => new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
const namesOf = (text: string) => new Set([...text.matchAll(/\{(\w+)[}|]/g)].map(([, name]) => name));

describe("the sentences of reports", () => {
  test("have the same places in both languages", () => {
    const differing = ENTRIES.filter(
      ([english, translated]) =>
        [...placesOf(english)].some((name) => !placesOf(translated).has(name)) ||
        [...namesOf(translated)].some((name) => !namesOf(english).has(name)),
    );
    expect(differing).toEqual([]);
  });

  test("are all used, so that no translation is left behind", () => {
    const folder = fileURLToPath(new URL("../../../migrate", import.meta.url));
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
    const sources = files.map((path) => readFileSync(join(folder, path), "utf8")).join("\n");
    const unused = ENTRIES.map(([english]) => english).filter((english) => {
      const text = english.replace(/\{#\w+\}$/, "");
      return !sources.includes(JSON.stringify(english)) && !sources.includes(JSON.stringify(text));
    });
    expect(unused).toEqual([]);
  });

  test("do not compile without a translation, or without a value", () => {
    // @ts-expect-error not in french.json
    ENGLISH.say("No such sentence.");
    // @ts-expect-error the value is missing
    ENGLISH.say("and {more} more");
    // @ts-expect-error a number decides between one and several
    ENGLISH.say("{n} {n|statement|statements}, none with a condition on encryption", { n: "2" });
    // @ts-expect-error a table of words is not complete
    const table = { a: "No such words" } as const satisfies Record<string, Sentence>;
    // @ts-expect-error another language lacks sentences
    const german: Record<Sentence, string> = { Scope: "Umfang" };
    expect([table, german]).toHaveLength(2);
  });
});

describe("French", () => {
  test.each([
    [0, "0 objet était déjà chiffré (0 octet)."],
    [1, "1 objet était déjà chiffré (1 octet)."],
    [2, "2 objets étaient déjà chiffrés (2 octets)."],
    [1_234_567, "1\u202f234\u202f567 objets étaient déjà chiffrés (1,23\u00a0Mo)."],
  ])("counts %i object as French does", (n, words) => {
    const said = FRENCH.say("{n} {n|object was|objects were} encrypted already ({size}).", {
      n,
      size: FRENCH.bytes(n),
    });
    expect(finished(said).replace(/(\d)\u00a0(octets?)/, "$1 $2")).toBe(words);
  });

  test("writes sizes, dates, durations and decimals", () => {
    expect(finished(FRENCH.bytes(30_300_000))).toBe("30,3\u00a0Mo");
    expect(finished(FRENCH.instant("2026-11-23T14:03:12.000Z"))).toBe("23/11/2026 14:03:12\u00a0UTC");
    expect(FRENCH.instant("yesterday")).toBe("yesterday");
    expect(FRENCH.duration(500)).toBe("0,5 s");
    expect(FRENCH.decimal(12.5)).toBe("12,5");
  });

  test("breaks no line before double punctuation, and has its apostrophe", () => {
    expect(
      finished(
        FRENCH.say(
          "Its totals do not add up: the listed objects and the outcomes differ, or a listing was interrupted.",
        ),
      ),
    ).not.toMatch(/ [:;?!]/);
    expect(finished(FRENCH.say("not encrypted; an audit changes nothing"))).toContain("\u202f;");
    expect(finished(FRENCH.say("Encryption and decryption (addressable)"))).toContain("«\u00a0addressable\u00a0»");
    expect(FRENCH.say("The run")).toBe("L\u2019exécution");
  });
});

describe("withoutMarks", () => {
  test("keeps the texts of a run from being taken for spaces, wherever they are", () => {
    const marked = { keys: ["a\ufdd0b"], inner: { detail: "c\ufdd1" }, size: 3, none: null };
    expect(withoutMarks(marked)).toEqual({ keys: ["a<U+FDD0>b"], inner: { detail: "c<U+FDD1>" }, size: 3, none: null });
  });
});

describe("langOf", () => {
  test.each([
    [{ settings: { lang: "fr" } }, "fr"],
    [{ settings: { lang: "de" } }, "en"],
    [{ settings: {} }, "en"],
    [{}, "en"],
  ])("of %j is %s", (run, lang) => expect(langOf(run)).toBe(lang));
});

/** What is said in English: the parts of each sentence between its places that French would not contain. */
const ENGLISH_PARTS = ENTRIES.flatMap(([english]) => english.split(/\{[^}]*\}/))
  .map((part) => part.trim())
  .filter((part) => /[a-z]{2,} [a-z]{2,}/.test(part) && !ENTRIES.some(([, translated]) => translated.includes(part)));
/** Names of products and features, which stay as they are. */
const NAMES = new Set(["Object Lock"]);
const LEFT = /\b(?:the|was|were|are|not|and|with|which|objects?|encrypted|size|none)\b/i;

function textOf(page: string): string {
  return page
    .replace(/<(style|script)>.*?<\/\1>/gs, "")
    .replace(/<bdi lang="en">.*?<\/bdi>/gs, "")
    .replaceAll("&#39;", "'");
}

describe("reports in French", () => {
  test("leave no English sentence, in any state, verdict or finding", async () => {
    expect(ENGLISH_PARTS.length).toBeGreaterThan(200);
    for (const { name, run, survey } of await everyReport()) {
      const page = textOf([...renderHtml({ run, survey, lang: "fr" })].join(""));
      const summary = renderMarkdown({ run, survey, lang: "fr" }).join("");
      const left = ENGLISH_PARTS.filter((part) => page.includes(part) || summary.includes(part));
      expect({ name, left }).toEqual({ name, left: [] });
      const labels = [
        ...page.matchAll(
          /(?:data-label|aria-label|placeholder)="([^"]*)"|<(?:h[1-4]|th|dt|title|label|option)[^>]*>([^<]*)/g,
        ),
      ];
      const words = labels
        .map(([, label = "", text = ""]) => label || text)
        .filter((text) => !/^s3:|^[\w-]+$/.test(text) && !NAMES.has(text));
      expect({ name, words: words.filter((text) => LEFT.test(text)) }).toEqual({ name, words: [] });
      expect(page).toContain('<html lang="fr">');
    }
  });

  test("are the same bytes each time, and English without a language", async () => {
    const [first] = await everyReport();
    if (first === undefined) throw new Error("no report");
    const { run, survey } = first;
    expect([...renderHtml({ run, survey, lang: "fr" })]).toEqual([...renderHtml({ run, survey, lang: "fr" })]);
    expect([...renderHtml({ run, survey })]).toEqual([...renderHtml({ run, survey, lang: "en" })]);
    expect(renderMarkdown({ run, survey }).join("")).toContain("# Encryption report");
  });

  test("show a key that has the mark of a space as a token", async () => {
    const [first] = await everyReport();
    if (first === undefined) throw new Error("no report");
    const run = { ...first.run, owner: { id: "a\ufdd0b", displayName: null } };
    expect([...renderHtml({ run, survey: first.survey, lang: "fr" })].join("")).toContain("a&lt;U+FDD0&gt;b");
  });
});
