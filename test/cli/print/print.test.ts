import { describe, expect, onTestFinished, test, vi } from "vitest";
import { storeWords } from "../../../cli/commands/command-inputs.js";
import { diffPrinter } from "../../../cli/commands/diff.js";
import { workerWords } from "../../../cli/commands/queue.js";
import { printSummary } from "../../../cli/print/print-summary.js";
import { printCheck } from "../../../cli/print/print-verification.js";
import { shellWord, wrap } from "../../../cli/print/terminal.js";
import { nextAfterVerify, nextCommand } from "../../../cli/print/what-next.js";
import { slowest } from "../../../cli/progress/progress.js";
import { CHANGES, type Change } from "../../../migrate/compare/compare-key.js";
import type { Finding, ProgressEvent, RunCheck, RunRecord, Tally } from "../../../migrate/index.js";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import { verdict } from "../../../migrate/report/verdict.js";
import {
  alreadyEncrypted,
  aRun,
  bucketFindings,
  closedJournal,
  migrated,
  outcomeRecord,
  seen,
  surveyOf,
  versionCheckpoint,
  versionRecord,
} from "../../migrate/fixtures/records.js";

test("wrap breaks a text between words, counts a prefix, and does nothing without a terminal", () => {
  const text = "one two three four";
  expect(wrap(text, { columns: 12, taken: 3, indent: "  " })).toBe("one two\n  three four");
  expect(wrap(text, { columns: undefined, taken: 3, indent: "  " })).toBe(text);
});

test("wrap keeps a word that is longer than the terminal unbroken on its own line", () => {
  expect(wrap("see /a/very/long/path now", { columns: 10 })).toBe("see\n/a/very/long/path\nnow");
});

test("shellWord quotes a path only if the shell needs it", () => {
  expect(shellWord("bucketseal-runs/2026-11-23T10-00-00.000Z-audit")).toBe(
    "bucketseal-runs/2026-11-23T10-00-00.000Z-audit",
  );
  expect(shellWord("my run; it's")).toBe("'my run; it'\\''s'");
});

/** The lines on stderr at the end of a run with these events. */
function said(...events: readonly ProgressEvent[]): string {
  const written: string[] = [];
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  onTestFinished(() => stderr.mockRestore());
  const pace = slowest();
  for (const event of events) pace.onEvent(event);
  pace.print();
  return written.join("");
}

const writes = (perSecond: number): ProgressEvent => ({ kind: "rate", access: "write", perSecond, ceiling: 300 });
const retry: ProgressEvent = { kind: "retry", operation: "copyObject", code: "SlowDown" };

test("slowest prints the lowest rate of a run, even if it recovered", () => {
  expect(said(retry, retry, writes(150), writes(75), writes(200), writes(300))).toBe(
    "throttled: the store limited the request rate: writes 75/s of 300/s at the slowest; 2 retries\n",
  );
});

/** On a terminal of that width. */
function printedAt(columns: number, work: () => void): string {
  const { columns: before } = process.stdout;
  process.stdout.columns = columns;
  onTestFinished(() => void Object.assign(process.stdout, { columns: before }));
  return printed(work);
}

test("slowest prints nothing if no rate fell, even if a call was retried", () => {
  expect(said(retry)).toBe("");
});

/** The text that is printed on stdout. */
function printed(work: () => void): string {
  const written: string[] = [];
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  onTestFinished(() => stdout.mockRestore());
  work();
  stdout.mockRestore();
  return written.join("");
}

const SEAL = { manifestSha256: "0".repeat(64), signedBy: null };

async function summaryPrinted(records: readonly JournalRecord[], run: RunRecord = aRun()): Promise<string> {
  const { summary } = await surveyOf(records, run.scopes);
  return printed(() => printSummary({ run, summary, verdict: verdict(summary, run), runDir: "run-1", seal: SEAL }));
}

describe("nextCommand", () => {
  const PLAINTEXT = [outcomeRecord({ key: "k" })];
  const AUDIT = aRun({ command: "audit", options: { locations: ["s3://b"], provider: "ovhcloud", region: "gra" } });
  const next = async (outcomes: Parameters<typeof closedJournal>[0], run: RunRecord) =>
    nextCommand(run, (await surveyOf(closedJournal(outcomes))).summary, "my run");

  test("is the migration of the same objects after an audit that found plaintext", async () => {
    const options = {
      ...AUDIT.options,
      locations: ["s3://b/a b/"],
      include: ["*.pdf", "it's"],
      noncurrent: false,
      baseline: "run-0",
      failOn: ["unencrypted"],
    };
    expect(await next(PLAINTEXT, { ...AUDIT, options })).toBe(
      "bucketseal migrate 's3://b/a b/' --provider ovhcloud --region gra --include '*.pdf' --include 'it'\\''s' --no-noncurrent",
    );
  });

  test("is the migration after a dry run, even if nothing is in plaintext", async () => {
    const dry = aRun({ dryRun: true, options: { locations: ["s3://b"], dryRun: true, setDefault: true } });
    expect(await next([alreadyEncrypted()], dry)).toBe("bucketseal migrate s3://b --set-default");
  });

  test.each<[string, Parameters<typeof closedJournal>[0], RunRecord]>([
    ["a migration", [migrated()], aRun()],
    ["an audit that found no plaintext", [alreadyEncrypted()], AUDIT],
    ["an audit whose buckets came through a pipe", PLAINTEXT, { ...AUDIT, options: { targets: "stdin" } }],
  ])("is the check of the report after %s", async (_, outcomes, run) => {
    expect(await next(outcomes, run)).toBe("bucketseal verify 'my run'");
  });

  test("is none for a run that is to be resumed", async () => {
    const sessions = aRun().sessions.map((session) => ({ ...session, end: "interrupted" as const }));
    expect(await next(PLAINTEXT, { ...AUDIT, sessions })).toBeNull();
  });
});

describe("printSummary", () => {
  test("names the buckets whose default encryption this run set, and no others", async () => {
    const setAt = "2026-01-01T00:00:00.000Z";
    const of = (bucket: string, given: object = {}) =>
      bucketFindings({ bucket, defaultEncryption: { before: "none", after: "sse-s3", ...given } });
    const set = aRun({ buckets: [of("b", { setAt }), of("c")] });
    const heading = "What this run changed in the buckets";
    expect(await summaryPrinted(closedJournal([migrated()]), set)).toContain(
      `  ${heading}\n  - The default encryption of b is SSE-S3 now: there was none before.\n`,
    );
    expect(await summaryPrinted(closedJournal([migrated()]), aRun({ buckets: [of("c")] }))).not.toContain(heading);
    const underKey = { after: "sse-kms", setAt };
    const buckets = [of("b", underKey), of("c", { ...underKey, before: "sse-s3" })];
    expect(await summaryPrinted(closedJournal([migrated()]), aRun({ buckets }))).toContain(
      "  - The default encryption of b is SSE-KMS now: there was none before.\n" +
        "  - The default encryption of c is SSE-KMS now: it was SSE-S3 before.\n",
    );
  });

  test("does not say that a default encryption is there which another setting replaced during the run", async () => {
    const defaultEncryption = { before: "none", after: "sse-s3", setAt: "2026-01-01T00:00:00.000Z" } as const;
    const atEnd = { readAt: "2026-01-01T00:01:00.000Z", defaultEncryption: "none", openUploads: null } as const;
    const buckets = [bucketFindings({ defaultEncryption }), bucketFindings({ bucket: "c", defaultEncryption, atEnd })];
    expect(await summaryPrinted(closedJournal([migrated()]), aRun({ buckets }))).toContain(
      "  - The default encryption of b is SSE-S3 now: there was none before.\n" +
        "  - The default encryption of c was set, but not found again at the end: there was none before.\n",
    );
  });

  const COPY = migrated({
    before: seen({ versionId: "v1", sizeBytes: 5 }),
    after: seen({ state: "sse-s3", versionId: "v2" }),
  });
  const NONCURRENT = [
    versionRecord({ before: seen({ versionId: "v1", sizeBytes: 5 }) }),
    versionRecord({ before: seen({ versionId: "v0", sizeBytes: 7 }) }),
    versionCheckpoint({ listed: 2, end: true }),
  ];

  test("tells the plaintext beneath this run's copies from what was noncurrent before", async () => {
    expect(await summaryPrinted([...closedJournal([COPY]), ...NONCURRENT])).toMatch(
      /not encrypted +2 +12 B\n +left beneath this run's copies +1 +5 B\n +from before this run +1 +7 B\n/,
    );
  });

  test("does not tell them apart if there was no copy, or if versions were removed", async () => {
    const removed = versionRecord({ outcome: { kind: "removed" }, before: seen({ versionId: "v9" }) });
    const [first, second] = NONCURRENT;
    const mixed = [first, second, removed, versionCheckpoint({ listed: 3, end: true })] as JournalRecord[];
    for (const records of [
      [...closedJournal([alreadyEncrypted()]), ...NONCURRENT],
      [...closedJournal([COPY]), ...mixed],
    ]) {
      const text = await summaryPrinted(records);
      expect(text).toMatch(/not encrypted +2 +12 B/);
      expect(text).not.toContain("this run's copies");
    }
  });
});

test("printSummary lists what remains once, and names no location beside the list of them", async () => {
  const buckets = ["c", "d", "e", "f", "g"];
  const sights = buckets.map(
    (bucket) =>
      ({
        kind: "sight",
        bucket,
        prefix: "",
        unseen: { because: "denied", detail: "no right" },
        at: "2026-01-01T00:00:00.000Z",
      }) as const,
  );
  const none = { before: "none", after: "none" } as const;
  const scopes = ["b", ...buckets].map((bucket) => ({ bucket, prefix: "" }));
  const run = aRun({ scopes, buckets: [bucketFindings({ defaultEncryption: none })] });
  const records = [...closedJournal([migrated()]), ...sights];
  const text = await summaryPrinted(records, run);
  for (const bucket of buckets) expect(text.split(`s3://${bucket}/ was not seen`)).toHaveLength(2);
  expect(text.match(/has no default encryption/g)).toHaveLength(1);
  expect(text).not.toContain("more locations were not seen");
  expect(text).toContain("The report says nothing about what is in there");
  const { summary } = await surveyOf(records, scopes);
  const { detail } = verdict(summary, run);
  expect(detail).toContain("2 more locations were not seen.");
  expect(detail).toContain("has no default encryption");
});

describe("the end of verify", () => {
  const CHECK: RunCheck = {
    findings: [],
    skipped: [],
    checked: { files: 9, journalLines: 1 },
    seal: { manifestSha256: null, signature: { kind: "unsigned" }, timestamps: [] },
  };
  const CHANGED: Finding = { kind: "report-differs", path: "report.md" };

  test("is to sign a folder that is intact and unsigned", () => {
    expect(nextAfterVerify(CHECK, "my run")).toBe("bucketseal sign 'my run' --key sign.pem");
  });

  test.each<[string, Partial<RunCheck>]>([
    ["was changed", { findings: [CHANGED] }],
    ["is signed", { seal: { ...CHECK.seal, signature: { kind: "unchecked", keyids: ["k"] } } }],
  ])("is nothing if it %s", (_, changes) => {
    expect(nextAfterVerify({ ...CHECK, ...changes }, "my run")).toBeNull();
  });

  const [ONE, TWO] = ["1".repeat(64), "2".repeat(64)] as const;
  const stamp = { keyid: ONE, at: "2026-01-31T08:00:00.000Z", authority: "CN=Example time stamps", isTrusted: false };
  test.each<[string, RunCheck["seal"]["signature"]]>([
    ["unsigned", { kind: "unsigned" }],
    ["unchecked", { kind: "unchecked", keyids: [ONE] }],
    ["signed", { kind: "valid", keyids: [ONE], unchecked: [TWO] }],
    ["wrongly signed", { kind: "invalid" }],
  ])("fits into 80 columns between words if the folder is %s", (_, signature) => {
    const skipped = [
      { check: "journal", because: "the manifest cannot be read, and without it no line can be compared" },
    ];
    const seal = { manifestSha256: "0".repeat(64), signature, timestamps: [stamp, { ...stamp, isTrusted: true }] };
    const print = () => printCheck({ ...CHECK, skipped, seal } as RunCheck, "run-1");
    const narrow = printedAt(80, print);
    expect(narrow.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const wordsOf = (text: string) => text.split(/\s+/);
    process.stdout.columns = undefined as unknown as number;
    expect(wordsOf(narrow)).toEqual(wordsOf(printed(print)));
    expect(printed(print)).toContain(`manifest  sha256 ${"0".repeat(64)}\n`);
  });

  test("lets no key of a signature control the terminal", () => {
    const seal = { ...CHECK.seal, signature: { kind: "unchecked" as const, keyids: ["k\u001b[2J\u202e"] } };
    expect(printed(() => printCheck({ ...CHECK, seal }, "run-1"))).toContain(
      "key       sha256 k<U+001B>[2J<U+202E>, self-declared\n",
    );
  });

  test("counts one file and one line in the singular", () => {
    expect(printed(() => printCheck({ ...CHECK, checked: { files: 1, journalLines: 1 } }, "run-1"))).toContain(
      "intact: run-1 (1 file and 1 journal line checked)\n",
    );
    expect(printed(() => printCheck(CHECK, "run-1"))).toContain("(9 files and 1 journal line checked)");
  });
});

test("workerWords shows the control characters that a coordinator sends", () => {
  const why = "the versions differ\u001b]0;title\u0007\u202e";
  expect(workerWords({ kind: "left", why }, { url: "redis://127.0.0.1:6379" })).toBe(
    "left the run: the versions differ<U+001B>]0;title<U+0007><U+202E>",
  );
});

test("diffPrinter shows the control characters of the times that a run folder records", () => {
  const run = { digest: "d", command: "audit", startedAt: null } as const;
  const none = { objects: 0, bytes: 0 };
  const counts = Object.fromEntries(CHANGES.map((change) => [change, none])) as Record<Change, Tally>;
  const text = printed(() =>
    diffPrinter().print({
      earlier: { ...run, runDir: "1", endedAt: "then\u001b[2J" },
      later: { ...run, runDir: "2", endedAt: null },
      signedBy: [],
      compared: 1,
      totals: { objects: counts, olderVersions: counts, newUnencrypted: { objects: none, olderVersions: none } },
    }),
  );
  expect(text).toMatch(/^earlier {2}1 \(audit, then<U\+001B>\[2J\)\nlater {4}2 \(audit, not ended\)\n/);
});

test("storeWords breaks the line of the store between words at the width of the terminal", () => {
  const store = {
    kind: "connected",
    provider: "OVHcloud Object Storage",
    endpoint: "http://127.0.0.1:9000",
    region: "gra",
    accessKeyId: "SANDBOXKEY",
  } as const;
  const of = (columns: number | undefined) => {
    const { columns: before } = process.stderr;
    process.stderr.columns = columns as number;
    onTestFinished(() => void Object.assign(process.stderr, { columns: before }));
    return storeWords(store, (name) => (name === "endpoint" ? " (from AWS_ENDPOINT_URL)" : ""));
  };
  expect(of(80)).toBe(
    "store: OVHcloud Object Storage, endpoint http://127.0.0.1:9000 (from\n  AWS_ENDPOINT_URL), region gra, access key SANDBOXKEY",
  );
  expect(of(undefined)).not.toContain("\n");
  expect(storeWords({ ...store, accessKeyId: null })).toMatch(/ region gra, without credentials$/);
});
