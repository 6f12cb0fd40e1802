import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { JournalRecord } from "../../migrate/journal/record.js";
import { visibleText } from "../../migrate/model/text.js";
import { writeReports } from "../../migrate/run/close-run.js";
import { HOSTILE_KEYS, hostileBucket } from "../migrate/fixtures/hostile.js";
import {
  aRun,
  checkpoint,
  failed,
  journalOf,
  migrated,
  outcomeRecord,
  seen,
  versionCheckpoint,
  versionRecord,
} from "../migrate/fixtures/records.js";
import { BROWSER_MISSING, findBrowser, openBrowser } from "./open-browser.js";

const SIZES = [3_000, 20, 100_000, 1] as const;
const OTHER_BUCKET = "other\"><b id='x'>";
const throttled = { kind: "failed", reason: "throttled", detail: "SlowDown" } as const;
const RECORDS: JournalRecord[] = [
  ...SIZES.map((sizeBytes, index) => failed({ key: `size-${index}`, before: seen({ sizeBytes }), outcome: throttled })),
  ...HOSTILE_KEYS.map((key) => failed({ key, outcome: { kind: "failed", reason: "store-error", detail: key } })),
  ...Array.from({ length: 400 }, (_, index) => outcomeRecord({ key: `skipped/${index}` })),
  failed({ bucket: OTHER_BUCKET, key: "elsewhere" }),
  migrated({ key: "quiet" }),
];
const OLDER: JournalRecord[] = [
  ...HOSTILE_KEYS.slice(0, 5).map((key) => versionRecord({ key, notes: [key] })),
  versionRecord({ key: "older", outcome: { kind: "plaintext", reason: "locked", until: "2033-06-30T00:00:00Z" } }),
  versionCheckpoint({ listed: 6, end: true }),
];
const EXCEPTIONS = RECORDS.length - 1 + OLDER.length - 1;
const RUN = aRun({
  scopes: [
    { bucket: "b", prefix: "" },
    { bucket: OTHER_BUCKET, prefix: "" },
  ],
  buckets: [hostileBucket()],
  options: { include: HOSTILE_KEYS },
  settings: { exclude: HOSTILE_KEYS },
  owner: { id: HOSTILE_KEYS.join(""), displayName: HOSTILE_KEYS.join("") },
});

const browserPath = findBrowser();
if (browserPath === undefined) process.stderr.write(`report-page: skipped, ${BROWSER_MISSING}\n`);

describe.skipIf(browserPath === undefined)(`report.html in a browser (skipped if ${BROWSER_MISSING})`, () => {
  let browser: Browser;
  let runDir: string;
  let page: Page;
  let address: string;
  let complaints: string[];
  let requests: string[];

  beforeAll(async () => {
    browser = await openBrowser(browserPath ?? "");
    runDir = await mkdtemp(join(tmpdir(), "page-"));
    const ends = [
      checkpoint({ listed: RECORDS.length - 1, end: true }),
      checkpoint({ bucket: OTHER_BUCKET, listed: 1, end: true }),
    ];
    const readJournal = () => journalOf([...RECORDS, ...OLDER, ...ends]);
    await writeReports(runDir, { run: RUN, readJournal, formats: ["html"] });
    address = pathToFileURL(join(runDir, "report.html")).href;
  });
  afterAll(async () => {
    await browser.close();
    await rm(runDir, { recursive: true });
  });
  beforeEach(() => open());
  afterEach(async () => {
    await page.context().close();
    expect(complaints).toEqual([]);
    expect(requests).toEqual([address]);
  });

  async function open(options: BrowserContextOptions = {}): Promise<void> {
    complaints = [];
    requests = [];
    page = await (await browser.newContext(options)).newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => requests.push(request.url().replace(/#.*$/, "")));
    await page.goto(address);
  }

  async function reopen(options: BrowserContextOptions): Promise<void> {
    await page.context().close();
    await open(options);
  }

  const shownKeys = () => page.locator("#exceptions-table tbody tr:not([hidden]) .key").allTextContents();
  const matching = () => page.locator("#matching").textContent();
  const search = (text: string) => page.getByLabel("Search").fill(text);

  it("shows the verdict and a sum that adds up", { tags: ["slow"] }, async () => {
    const unencrypted = RECORDS.length - 1;
    expect(await page.locator("h1").textContent()).toBe(
      `${unencrypted} of ${RECORDS.length} objects remain unencrypted, and so are 6 noncurrent versions`,
    );
    const [listed, ...parts] = (await page.locator(".sum b").allTextContents()).map(Number);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(listed);
    expect(listed).toBe(RECORDS.length);
  });

  it("lists what remains before the figures, and links to each section", { tags: ["slow"] }, async () => {
    const order = await page.locator("h2").allTextContents();
    expect(order.slice(0, 2)).toEqual(["What remains", "The run"]);
    expect(await page.locator("#remains li").first().textContent()).toMatch(
      /^\d+ current objects .* are not encrypted\.$/,
    );
    expect(await page.locator("#remains").textContent()).toContain("cannot comply before 2033-06-30 00:00:00 UTC");
    const targets = await page
      .locator(".contents a")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
    for (const target of targets) expect(await page.locator(target).count()).toBe(1);
  });

  it("finds a noncurrent version by its reason and by its ID", { tags: ["slow"] }, async () => {
    await page.getByLabel("Reason").selectOption("older-locked");
    expect(await shownKeys()).toEqual(["older"]);
    await page.getByRole("button", { name: "Clear" }).click();
    await search("noncurrent version v0 =HYPERLINK");
    expect(await matching()).toBe(`1 of ${EXCEPTIONS} rows match`);
  });

  it("runs no script from keys, buckets, warnings, options or errors", async () => {
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(await page.locator("script, img, svg[onload], #x").count()).toBe(1);
    expect(await page.evaluate("document.scripts.length")).toBe(1);
    const marked = (await shownKeys()).slice(SIZES.length, SIZES.length + HOSTILE_KEYS.length);
    const plain = HOSTILE_KEYS.map((key) => visibleText(key).replace(/<(U\+[0-9A-F]+)>/g, "$1"));
    expect(marked).toEqual(plain);
  });

  it("blocks an injected script by its Content Security Policy", { tags: ["slow"] }, async () => {
    await page.evaluate(
      'const script = document.createElement("script"); script.textContent = "window.pwned = 1"; document.body.append(script)',
    );
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(complaints).toEqual([expect.stringContaining("Content Security Policy")]);
    complaints = [];
  });

  it("shows the first rows of a long list, and the others on request", { tags: ["slow"] }, async () => {
    expect(await matching()).toBe(`${EXCEPTIONS} of ${EXCEPTIONS} rows match; the first 200 are shown`);
    expect(await shownKeys()).toHaveLength(200);
    await page.getByRole("button", { name: "Show 1,000 more" }).click();
    expect(await shownKeys()).toHaveLength(EXCEPTIONS);
    expect(await page.getByRole("button", { name: "Show 1,000 more" }).count()).toBe(0);
  });

  it("finds rows by any of their words, and says if none match", { tags: ["slow"] }, async () => {
    await search("slowdown SIZE-2");
    expect(await shownKeys()).toEqual(["size-2"]);
    expect(await matching()).toBe(`1 of ${EXCEPTIONS} rows match`);
    await search("no such thing");
    expect(await shownKeys()).toEqual([]);
    expect(await matching()).toBe(`0 of ${EXCEPTIONS} rows match`);
  });

  it("filters by outcome, reason and bucket together, and clears all filters at once", async () => {
    await page.getByLabel("Outcome").first().selectOption("skipped");
    expect(await matching()).toMatch(/^400 of /);
    await page.getByLabel("Outcome").first().selectOption("failed");
    await page.getByLabel("Reason").selectOption("throttled");
    expect(await shownKeys()).toEqual(["size-0", "size-1", "size-2", "size-3"]);
    await page.getByLabel("Bucket").selectOption(OTHER_BUCKET);
    expect(await shownKeys()).toEqual([]);
    await page.getByRole("button", { name: "Clear" }).click();
    await expect.poll(matching).toMatch(new RegExp(`^${EXCEPTIONS} of `));
  });

  it("sorts by size numerically, in both directions", { tags: ["slow"] }, async () => {
    await search("slowdown");
    await page.getByRole("button", { name: "Size" }).click();
    expect(await shownKeys()).toEqual(["size-3", "size-1", "size-0", "size-2"]);
    await page.getByRole("button", { name: "Size" }).click();
    expect(await shownKeys()).toEqual(["size-2", "size-0", "size-1", "size-3"]);
    expect(await page.locator("th[aria-sort]").getAttribute("aria-sort")).toBe("descending");
  });

  it("shows every row and no filters without scripts", { tags: "slow" }, async () => {
    await reopen({ javaScriptEnabled: false });
    expect(await page.locator("#exceptions-table tbody tr:visible").count()).toBe(EXCEPTIONS);
    expect(await page.locator("#filters").isVisible()).toBe(false);
  });

  it.each([360, 768, 1600])("fits a window that is %i pixels wide", { tags: "slow" }, async (width) => {
    await reopen({ viewport: { width, height: 900 } });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
  });

  it("uses dark colours if the reader prefers them", { tags: "slow" }, async () => {
    const paper = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await paper();
    await reopen({ colorScheme: "dark" });
    expect([light, await paper()]).toEqual(["rgb(251, 250, 247)", "rgb(20, 23, 26)"]);
  });

  it("prints on at most twelve pages, without filters and section links, and splits no sentence", {
    tags: "slow",
  }, async () => {
    await rm(join(runDir, "report.html"));
    // As many objects as the demo has, of which all but a few are listed one by one.
    const objects = Array.from({ length: 2_183 }, (_, at) =>
      at % 50 === 0 ? migrated({ key: `data/${at}` }) : outcomeRecord({ key: `folder-${at % 9}/object-${at}` }),
    );
    const records = [...objects, checkpoint({ listed: objects.length, end: true })];
    await writeReports(runDir, { run: aRun(), readJournal: () => journalOf(records), formats: ["html"] });
    await reopen({});
    expect(await page.locator("#filters, .contents").count()).toBe(2);
    for (const format of ["A4", "Letter"]) {
      const pdf = (await page.pdf({ preferCSSPageSize: true, format })).toString("latin1");
      expect(pdf.match(/\/Type \/Page\b/g)?.length, format).toBeLessThanOrEqual(12);
    }
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("#filters, .contents").filter({ visible: true }).count()).toBe(0);
    // Chromium repeats a heading on each page only if no button is in it.
    expect(await page.evaluate("getComputedStyle(document.querySelector('.sort')).display")).toBe("contents");
    expect(await page.locator("#remains").isVisible()).toBe(true);
    expect(await page.locator("#exceptions-table tbody tr").filter({ visible: true }).count()).toBe(50);
    const splittable =
      "[...document.querySelectorAll('p, li, dd, td, th')].filter((e) => getComputedStyle(e).breakInside !== 'avoid').length";
    expect(await page.evaluate(splittable)).toBe(0);
  });
});
