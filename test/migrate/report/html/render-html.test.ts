import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../../migrate/journal/record.js";
import type { RunRecord } from "../../../../migrate/journal/run-record.js";
import { visibleText } from "../../../../migrate/model/text.js";
import { auditorSheet } from "../../../../migrate/report/auditor-sheet.js";
import { reportFiles } from "../../../../migrate/report/formats.js";
import { widths } from "../../../../migrate/report/html/chart.js";
import { html, markedText, NOTHING } from "../../../../migrate/report/html/markup.js";
import { renderHtml } from "../../../../migrate/report/html/render-html.js";
import { renderMarkdown } from "../../../../migrate/report/markdown/render-markdown.js";
import { HOSTILE_KEYS } from "../../fixtures/hostile.js";
import {
  alreadyEncrypted,
  aRun,
  bucketFindings,
  checkpoint,
  closedJournal,
  failed,
  migrated,
  seen,
  surveyOf,
  versionCheckpoint,
  versionRecord,
} from "../../fixtures/records.js";

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

  it("lists every file that a run may write, but for those that belong to a listed one", async () => {
    const page = await pageOf(closedJournal([migrated()]));
    const listed = [...between(page, '<table class="files">', "</table>").matchAll(/<code>(.*?)<\/code>/g)];
    const others = /^(report\.html|ocsf-all\..*|inventory-manifest\.json)$/;
    const files = reportFiles().flatMap(({ file }) => (others.test(file) ? [] : [file]));
    expect(listed.map(([, name]) => name)).toEqual(expect.arrayContaining(files));
  });

  it("describes each state in words as well as in colour", async () => {
    const page = await pageOf(closedJournal([migrated(), migrated(), failed()]));
    const text = (id: string) => between(page, `<desc id="${id}-text">`, "</desc>");
    expect(text("objects-before")).toBe("not encrypted by the store: 3; SSE-S3 (AES256): 0");
    expect(text("objects-now")).toBe("not encrypted by the store: 1; SSE-S3 (AES256): 2");
  });

  it("says so, and shows no filters, if there are no exceptions", async () => {
    const page = await pageOf(closedJournal([migrated()]));
    expect(page).toContain("None: no object that was examined needs a closer look.");
    expect(page).not.toContain('<form class="filters"');
  });

  it("does not say that all is encrypted if a run without exceptions was interrupted", async () => {
    const records = [migrated(), checkpoint({ listed: 5 })];
    const text = renderMarkdown({ run: aRun(), survey: await surveyOf(records) }).join("");
    for (const report of [await pageOf(records), text]) {
      expect(report).toContain("None: no object that was examined needs a closer look.");
      expect(report).not.toContain("every object listed was encrypted");
    }
  });

  it("shows up to 10,000 exceptions, and says how many exist and which file lists all", {
    tags: ["slow"],
  }, async () => {
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

  it("lets no text leave its context", { tags: ["slow"] }, () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !/[<>"']/.test(html`${text}`.markup)));
  });
});

describe("the ring", () => {
  const CIRCUMFERENCE = 2 * Math.PI * 38;
  const ring = async (records: JournalRecord[], run?: RunRecord) => {
    const page = await pageOf(records, run);
    const [drawn = Number.NaN] = between(page, 'stroke-dasharray="', '"').split(" ").map(Number);
    return [/<div class="verdict ([\w-]+)">/.exec(page)?.[1], Math.round((drawn / CIRCUMFERENCE) * 100)];
  };
  const many = (count: number) => Array.from({ length: count }, (_, at) => migrated({ key: `m${at}` }));

  it("draws what is unencrypted when it is red, however little that is", async () => {
    expect(await ring(closedJournal([migrated(), failed(), failed(), failed()]))).toEqual(["unencrypted-remain", 75]);
    expect(await ring(closedJournal([failed()]))).toEqual(["unencrypted-remain", 100]);
    expect(await ring(closedJournal([...many(999), failed()]))).toEqual(["unencrypted-remain", 2]);
  });

  it("counts noncurrent versions in plaintext too", async () => {
    const older = versionCheckpoint({ listed: 1, end: true });
    expect(await ring([...closedJournal([migrated()]), versionRecord(), older])).toEqual(["unencrypted-remain", 50]);
  });

  it("draws what is proven encrypted when it is not red", async () => {
    expect(await ring(closedJournal([migrated()]))).toEqual(["sealed", 100]);
    const unseen = failed({ before: seen({ state: "unknown", evidence: null }) });
    expect(await ring(closedJournal([migrated(), unseen]))).toEqual(["unproven", 50]);
  });
});

describe("a bar", () => {
  const notes = async (plain: number, sealed: number) => {
    const records = [
      ...Array.from({ length: plain }, (_, at) => failed({ key: `p${at}` })),
      ...Array.from({ length: sealed }, (_, at) => alreadyEncrypted({ key: `s${at}` })),
    ];
    const page = await pageOf(closedJournal(records));
    return [...page.matchAll(/<small>([^<]*)<\/small>/g)].map(([, words]) => words);
  };

  it("says which slice is drawn larger than it is", async () => {
    expect(new Set(await notes(1, 200))).toEqual(new Set(["drawn larger, to be seen: not encrypted by the store"]));
    expect(new Set(await notes(200, 1))).toEqual(new Set(["drawn larger, to be seen: SSE-S3 (AES256)"]));
  });

  it("says nothing if every slice has its share", async () => {
    expect(await notes(1, 99)).toEqual([]);
    expect(await notes(0, 5)).toEqual([]);
  });
});

describe("the auditor's sheet", () => {
  it("comes last in the page and in the summary, with blanks, scope, sampling, words and signatures", async () => {
    const records = closedJournal([migrated(), failed()]);
    const run = aRun();
    const page = await pageOf(records, run);
    const sheet = between(page, '<section id="sheet"', "</section>");
    expect(page.indexOf('<section id="sheet"')).toBeGreaterThan(page.indexOf('<section id="exceptions"'));
    expect(sheet.match(/<dd class="blank"><\/dd>/g)).toHaveLength(4 + 2 * 3);
    for (const words of ["Prepared by", "Prepared for", "Reviewed on", "Signature", "Date"])
      expect(sheet).toContain(words);
    const text = renderMarkdown({ run, survey: await surveyOf(records) }).join("");
    const tail = between(text, "## Auditor's sheet", "## nothing");
    expect(tail).not.toContain("\n## ");
    for (const words of [
      "Prepared for",
      "Reviewed by",
      "Signature",
      "**Canary**",
      "They are no estimate from a sample.",
    ])
      expect(tail).toContain(words);
  });

  it("states the scope, and what was not seen of it", async () => {
    const records = closedJournal([migrated(), failed()]);
    const { scope } = auditorSheet((await surveyOf(records)).summary, aRun());
    expect(scope).toEqual([
      "1 location at https://s3.gra.io.cloud.ovh.net (ovhcloud, region gra): s3://b/.",
      "2 current objects listed from 2026-01-01 00:00:00 UTC to 2026-01-01 00:01:00 UTC.",
    ]);
    const unseen = { kind: "sight", bucket: "b", prefix: "", unseen: { because: "denied", detail: "" } } as const;
    const denied = await surveyOf([{ ...unseen, at: "2026-01-01T00:00:00.000Z" }]);
    expect(auditorSheet(denied.summary, aRun()).scope).toContain("1 location not seen, and not part of the figures.");
  });

  it("says which objects were not read one by one, and how the others were drawn", async () => {
    const taken = alreadyEncrypted({ key: "t", before: seen({ state: "sse-s3", evidence: "baseline" }) });
    const { summary } = await surveyOf(closedJournal([taken, alreadyEncrypted()]));
    const baseline = {
      ...{ run: "0".repeat(64), startedAt: null, endedAt: null, lines: 1, origins: [], samplePercent: 1 },
      ...{ oneOf: 100, seed: 7, dropped: null },
    };
    expect(auditorSheet(summary, aRun({ command: "audit", baseline })).sampling[1]).toBe(
      "1 object unchanged since an earlier, verified run: their state is from that run. One in 100 of them, at random, was read again (seed 7).",
    );
    expect(auditorSheet(summary, aRun()).sampling).toHaveLength(1);
  });

  it("says that the figures count every object only if no filter left one out and the totals add up", async () => {
    const countedIn = async (records: JournalRecord[], run: Partial<RunRecord> = {}) =>
      auditorSheet((await surveyOf(records)).summary, aRun(run)).sampling;
    const every =
      "The figures count every object of the scope that the store lists. They are no estimate from a sample.";
    expect(await countedIn(closedJournal([migrated()]))).toEqual([every]);
    const excluded = "3 objects excluded by the filters of this run.";
    expect(await countedIn([migrated(), checkpoint({ listed: 1, filteredOut: 3, end: true })])).toEqual([excluded]);
    const open = "The totals do not add up: 4 objects listed without an outcome.";
    expect(await countedIn([migrated(), checkpoint({ listed: 5 })])).toEqual([open]);
    expect(await countedIn([migrated(), checkpoint({ listed: 5, filteredOut: 3 })])).toEqual([open, excluded]);
    const keyManifest = { format: "keys" as const, files: [], createdAt: null, lines: 1, outside: 0 };
    const named = "The figures count the objects that the given list names, and no others.";
    expect(await countedIn(closedJournal([migrated()]), { keyManifest })).toEqual([named]);
  });

  it("escapes the names of the scope", async () => {
    const scopes = HOSTILE_KEYS.map((prefix) => ({ bucket: "b", prefix }));
    const page = await pageOf(closedJournal([migrated()]), aRun({ scopes, endpoint: "https://a.example/<b>" }));
    const sheet = between(page, '<section id="sheet"', "</section>");
    expect(sheet).not.toMatch(/<script|<b>/);
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
