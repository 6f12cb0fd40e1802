import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../../migrate/journal/record.js";
import type { RunRecord } from "../../../../migrate/journal/run-record.js";
import { visibleText } from "../../../../migrate/model/text.js";
import { escapeMarkdown } from "../../../../migrate/report/markdown/buckets.js";
import { renderMarkdown } from "../../../../migrate/report/markdown/render-markdown.js";
import { HOSTILE_KEYS, hostileBucket } from "../../fixtures/hostile.js";
import { aRun, bucketFindings, checkpoint, closedJournal, failed, migrated, surveyOf } from "../../fixtures/records.js";

async function markdownOf(records: JournalRecord[], run: RunRecord = aRun()): Promise<string> {
  return renderMarkdown({ run, survey: await surveyOf(records) }).join("");
}

describe("report.md", () => {
  it("starts with the verdict", async () => {
    const text = await markdownOf(closedJournal([migrated(), failed()]));
    expect(text.split("\n\n").slice(0, 2)).toEqual(["# Encryption report", "**1 of 2 objects remains unencrypted.**"]);
  });

  it("says at the top that the run is incomplete, and that the totals do not add up", async () => {
    const text = await markdownOf([migrated(), checkpoint({ listed: 5 })]);
    expect(text).toMatch(/^# Encryption report\n\n\*\*Incomplete: /);
    expect(text).toContain("The totals do not add up: 4 objects listed without an outcome.");
  });

  it("shows the totals, and that they add up", async () => {
    const text = await markdownOf(closedJournal([migrated(), failed()]));
    expect(text).toContain("| **listed** | **2** |");
    expect(text).toContain("| encrypted by this run | 1 |");
    expect(text).toContain("The totals add up");
    expect(text).not.toContain("do not add up");
  });

  it("names the first 100 exceptions, and counts all", async () => {
    const many = Array.from({ length: 130 }, (_, index) => failed({ key: `k${index}.txt` }));
    const text = await markdownOf(closedJournal(many));
    expect(text).toContain("The first 100 of 130, the worst first");
    expect(text).toContain("s3&#58;//b/k99.txt");
    expect(text).not.toContain("s3&#58;//b/k100.txt");
  });

  it("says that there are no exceptions", async () => {
    expect(await markdownOf(closedJournal([migrated()]))).toContain("## Exceptions\n\nNone: ");
  });

  it("shows the warnings of a bucket and the result of its canary", async () => {
    const canary = { result: "passed", detail: "copied and read back" } as const;
    const run = aRun({ buckets: [bucketFindings({ warnings: ["lifecycle rules exist"], canary })] });
    const text = await markdownOf(closedJournal([migrated()]), run);
    expect(text).toContain("- lifecycle rules exist");
    expect(text).toContain("passed: copied and read back");
  });

  it("keeps each hostile key in its own row of five cells", async () => {
    const text = await markdownOf(closedJournal(HOSTILE_KEYS.map((key) => failed({ key }))));
    const rows = text.split("\n").filter((line) => line.startsWith("| failed | s3"));
    expect(rows).toHaveLength(HOSTILE_KEYS.length);
    expect(rows.map((row) => row.split("|").length)).toEqual(HOSTILE_KEYS.map(() => 7));
    expect(text).not.toMatch(/<(script|img|svg)/i);
  });

  it("keeps hostile names of buckets, rules and prefixes in their own cells", async () => {
    const keys = HOSTILE_KEYS.map((key) => failed({ key: `${key}/x` }));
    const run = aRun({ buckets: [hostileBucket()], settings: { exclude: HOSTILE_KEYS }, options: {} });
    const text = await markdownOf(closedJournal(keys), run);
    const lines = text.split("\n");
    expect(lines.map(visibleText)).toEqual(lines);
    expect(text).not.toMatch(/<(?!https:)[a-z/!]/i);
    expect(text).not.toMatch(/(?<!<)https?:\/\//);
    let width = 0;
    for (const line of lines.filter((row) => row.startsWith("| "))) {
      const isRule = line.startsWith("| ---");
      if (isRule) width = line.split("|").length;
      else if (!lines[lines.indexOf(line) + 1]?.startsWith("| ---")) expect(line.split("|").length).toBe(width);
    }
  });
});

describe("escapeMarkdown", () => {
  it.each([
    ["a|b", "a&#124;b"],
    ["[a](http://b)", "\\[a\\](http&#58;//b)"],
    ["<b>", "&lt;b&gt;"],
    ["`a` *b* _c_", "\\`a\\` \\*b\\* \\_c\\_"],
    ["a\\|b", "a\\\\&#124;b"],
    ["www.a", "www&#46;a"],
    ["a\nb", "a&lt;U+000A&gt;b"],
  ])("turns %j into %s", (text, escaped) => expect(escapeMarkdown(text)).toBe(escaped));

  it.each(["invoices/2026-01.pdf", "a b (1).txt", "été: 5 %"])("keeps plain text readable: %s", (text) =>
    expect(escapeMarkdown(text)).toBe(text),
  );

  it("keeps any text in one cell of one line, and produces no HTML", () => {
    const texts = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...HOSTILE_KEYS));
    fc.assert(fc.property(texts, (text) => !/[|<>\n\r]|(?<!\\)(?:\\\\)*`/.test(escapeMarkdown(text))));
  });
});
