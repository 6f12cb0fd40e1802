import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SandboxUser } from "../../sandbox/index.js";
import { createBucket, plain, plaintextOf } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";
import { filesOf } from "./run-folder.js";

const SECRET = "never/To+Be-Shown=Anywhere0123456789ABCD";
const USER: SandboxUser = { accessKeyId: "SHOWNKEY", secretAccessKey: SECRET };
/** ESC, newline, carriage return, an 8-bit CSI, and an override of the reading direction. */
const NASTY = ["\u001b[2Jcleared", "line\nbreak", "over\rwritten", "\u009b31mred", "right\u202eleft"];
// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys is what is looked for.
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await openRehearsal({ users: [USER] });
});
afterAll(() => rehearsal.close());

describe("the secret key", () => {
  test("appears in no file and no output of a run, unlike its access key ID", async () => {
    const { client, cli, place, folder } = rehearsal;
    await createBucket(client, "secret", plain(3));
    const out = join(folder, "secret");
    const ran = await cli("migrate", "s3://secret", ...place, "--out", out, "--json");
    expect(ran.code).toBe(0);
    const files = await filesOf(out);
    const texts = await Promise.all(files.map((file) => readFile(join(out, file), "utf8")));
    for (const text of [...texts, ran.stdout, ran.stderr]) expect(text).not.toContain(SECRET);
    expect(texts[files.indexOf("run.json")]).toContain(USER.accessKeyId);
  });

  test("appears in no error message", async () => {
    const wrong = { ...USER, accessKeyId: "UNKNOWN" };
    const ran = await rehearsal.as(wrong, "audit", "s3://secret", ...rehearsal.place);
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining("InvalidAccessKeyId") });
    expect(ran.stdout + ran.stderr).not.toContain(SECRET);
  });
});

describe("keys with control characters", () => {
  beforeAll(() =>
    createBucket(
      rehearsal.client,
      "nasty",
      NASTY.map((Key) => ({ Key, Body: Key })),
    ),
  );

  test("are encrypted unchanged, and never printed raw", async () => {
    const { client, cli, place } = rehearsal;
    const human = await cli("audit", "s3://nasty", ...place);
    const json = await cli("migrate", "s3://nasty", ...place, "--json");
    expect([human.code, json.code]).toEqual([0, 0]);
    expect(await plaintextOf(client, "nasty")).toEqual([]);
    for (const text of [human.stdout, human.stderr, json.stdout, json.stderr]) expect(text).not.toMatch(OBEYED);
    const lines = json.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { key?: string });
    expect(lines.map(({ key }) => key)).toEqual(expect.arrayContaining(NASTY));
  });

  test("are escaped in errors about a location or a folder", async () => {
    const location = await rehearsal.cli("audit", "s3://nasty/\u001b[2J", "s3://nasty/", ...rehearsal.place);
    const runFolder = await rehearsal.cli("verify", "no\u001b[2Jrun");
    for (const { code, stderr } of [location, runFolder]) {
      expect(code).toBe(2);
      expect(stderr).toContain("<U+001B>[2J");
      expect(stderr).not.toMatch(OBEYED);
    }
  });
});

describe("output that is closed early", () => {
  test("stops the run without a stack trace, and --resume completes it", async () => {
    const { client, start, place, folder } = rehearsal;
    await createBucket(client, "many", plain(300));
    const out = join(folder, "unread");
    const running = start("audit", "s3://many", ...place, "--json", "--concurrency", "2", "--out", out);
    await running.said('"kind":"bucket"');
    running.stopReading();
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("stopping: nobody reads the output any more");
    expect(stderr).not.toMatch(/EPIPE|\n +at /);
    expect(await rehearsal.cli("audit", "--resume", "--out", out, ...rehearsal.place)).toMatchObject({ code: 0 });
  });

  test("does not fail a run that completes anyway", async () => {
    const running = rehearsal.start("audit", "s3://many", ...rehearsal.place);
    running.stopReading();
    const { code, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/EPIPE|\n +at /);
  });
});
