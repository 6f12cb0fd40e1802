import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../../migrate/journal/record.js";
import type { RunRecord } from "../../../../migrate/journal/run-record.js";
import { visibleText } from "../../../../migrate/model/text.js";
import { widths } from "../../../../migrate/report/html/chart.js";
import { html, markedText, NOTHING } from "../../../../migrate/report/html/markup.js";
import { renderHtml } from "../../../../migrate/report/html/render-html.js";
import { HOSTILE_KEYS } from "../../fixtures/hostile.js";
import { aRun, bucketFindings, checkpoint, closedJournal, failed, migrated, surveyOf } from "../../fixtures/records.js";

async function pageOf(records: JournalRecord[], run: RunRecord = aRun()): Promise<string> {
  return [...renderHtml({ run, survey: await surveyOf(records) })].join("");
}

const between = (page: string, start: string, end: string) => page.split(start)[1]?.split(end)[0] ?? "";
const hashOf = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

describe("report.html", () => {
  it("allows only its own style and script, by their hashes", async () => {
    const page = await pageOf(closedJournal([failed()]));
    const policy = between(page, 'http-equiv="Content-Security-Policy" content="', '"');
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `style-src '${hashOf(between(page, "<style>", "</style>"))}'`,
      `script-src '${hashOf(between(page, "<script>", "</script>"))}'`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it("refers to no external resource, and has no handler or style attributes", async () => {
    const page = await pageOf(closedJournal(HOSTILE_KEYS.map((key) => failed({ key }))));
    const tags = [...page.matchAll(/<[a-z][^>]*>/gi)].map(([tag]) => tag);
    expect(tags.filter((tag) => /\s(?:on\w+|style|src|action)=/i.test(tag))).toEqual([]);
    const links = tags.flatMap((tag) => /\shref="([^"]*)"/.exec(tag)?.[1] ?? []);
    expect(links.filter((link) => /^[a-z]+:|^\/\//i.test(link) && link !== "data:,")).toEqual([]);
  });

  it("has one row per exception, and escapes every key", async () => {
    const page = await pageOf(closedJournal(HOSTILE_KEYS.map((key) => failed({ key }))));
    expect(page.match(/<tr data-outcome="failed"/g)).toHaveLength(HOSTILE_KEYS.length);
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page).toContain("&lt;script&gt;window.pwned=1&lt;/script&gt;");
    expect(page).toContain('invoice<i class="token">U+202E</i>fdp.exe');
    const lines = page.split("\n");
    expect(lines.map(visibleText)).toEqual(lines);
  });

  it("starts with what remains, and shows that the totals add up", async () => {
    const page = await pageOf(closedJournal([migrated(), failed()]));
    expect(between(page, "<h1>", "</h1>")).toBe("1 of 2 objects remains unencrypted");
    expect(page).toContain("Every object listed is accounted for once");
    expect(page).not.toContain("does not add up");
  });

  it("says at the top and at the totals if they do not add up", async () => {
    const page = await pageOf([migrated(), checkpoint({ listed: 5 })]);
    expect(between(page, "<h1>", "</h1>")).toMatch(/^Incomplete: /);
    expect(page).toContain("<h2>The totals do not add up</h2>");
    expect(page).toContain("\u2260");
    expect(page).not.toContain("Every object listed is accounted for once");
  });

  it("describes each state in words as well as in colour", async () => {
    const page = await pageOf(closedJournal([migrated(), migrated(), failed()]));
    const text = (id: string) => between(page, `<desc id="${id}-text">`, "</desc>");
    expect(text("objects-before")).toBe("not encrypted by the store: 3; SSE-S3 (AES256): 0");
    expect(text("objects-now")).toBe("not encrypted by the store: 1; SSE-S3 (AES256): 2");
  });

  it("says so, and shows no filters, if there are no exceptions", async () => {
    const page = await pageOf(closedJournal([migrated()]));
    expect(page).toContain("None: every object listed was encrypted");
    expect(page).not.toContain('<form class="filters"');
  });

  it("shows up to 10,000 exceptions, and says how many exist and which file lists all", async () => {
    const many = Array.from({ length: 10_050 }, (_, index) => failed({ key: `k${index}` }));
    const page = await pageOf(closedJournal(many));
    expect(page.match(/<tr data-outcome=/g)).toHaveLength(10_000);
    expect(page).toContain("10,050 in all, of which the 10,000 worst are here. All are in report.csv.");
  });

  it("shows the bucket findings with full warnings", async () => {
    const warnings = ["lifecycle rules exist <b>"];
    const page = await pageOf(closedJournal([migrated()]), aRun({ buckets: [bucketFindings({ warnings })] }));
    expect(page).toContain("lifecycle rules exist &lt;b&gt;");
    expect(page).toContain("SSE-S3 (AES256); before this run: none");
  });
});

describe("html template", () => {
  it("escapes text in elements and attributes", () => {
    const text = `<b a="1" c='2'>&`;
    expect(html`<p title="${text}">${text}</p>`.markup).toBe(
      '<p title="&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;">&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;</p>',
    );
  });

  it("keeps markup unchanged, alone and in a list", () => {
    expect(html`${html`<b>1</b>`}${[html`<i>2</i>`, NOTHING]}${3}`.markup).toBe("<b>1</b><i>2</i>3");
  });

  it("shows invisible characters", () => {
    expect(html`${"a\u202eb"}`.markup).toBe("a&lt;U+202E&gt;b");
    expect(markedText("a\u202eb").markup).toBe('<bdi>a<i class="token">U+202E</i>b</bdi>');
  });

  it("lets no text leave its context", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !/[<>"']/.test(html`${text}`.markup)));
  });
});

describe("widths", () => {
  it("returns shares of the whole", () => expect(widths([1, 3])).toEqual([25, 75]));

  it("returns zeros for an empty whole", () => expect(widths([0, 0])).toEqual([0, 0]));

  it("keeps one of a million visible", () => {
    const [one = 0, rest = 0] = widths([1, 999_999]);
    expect(one).toBeGreaterThan(0.9);
    expect(rest).toBeLessThan(99.1);
  });

  it("fills the bar, with no width for a zero", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (figures) => {
        fc.pre(figures.some((figure) => figure > 0));
        const found = widths(figures);
        expect(found.reduce((sum, width) => sum + width, 0)).toBeCloseTo(100);
        expect(found.map((width) => width > 0)).toEqual(figures.map((figure) => figure > 0));
      }),
    );
  });
});
