// @module-tag slow
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ran, runCli, summaryOf } from "./run-cli.js";

/** As long as a busy machine may take. */
const DEMO_TIMEOUT_MS = 600_000;

describe("bucketseal demo", () => {
  let folder: string;
  let ran: Ran;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bucketseal-demo-test-"));
    ran = await runCli(["demo", "--out", "demo"], { folder });
  }, DEMO_TIMEOUT_MS);
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

  test("exits with 0, and its final audit finds nothing unencrypted", async () => {
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/^audit +second audit: 0 of [\d,]+ objects are unencrypted$/m);
    const { total } = await summaryOf(join(folder, "demo", "3-audit"));
    expect(total.statesNow.none.objects).toBe(0);
    expect(total.listed).toBeGreaterThan(2000);
  });

  test("finds unencrypted and customer-key objects in its first audit", async () => {
    const { total } = await summaryOf(join(folder, "demo", "1-audit"));
    expect(total.statesNow.none.objects).toBeGreaterThan(2000);
    expect(total.statesNow["sse-c"].objects).toBeGreaterThan(0);
  });

  test("names its HTML report, and leaves three run folders that verify", async () => {
    const report = /^report +(\S+)$/m.exec(ran.stdout)?.[1] ?? "";
    expect(await readFile(join(folder, report), "utf8")).toMatch(/^<!doctype html>/i);
    for (const name of ["1-audit", "2-migrate", "3-audit"]) {
      expect(await runCli(["verify", join("demo", name)], { folder })).toMatchObject({ code: 0, stderr: "" });
    }
  });
});
