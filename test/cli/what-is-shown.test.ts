import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SandboxUser } from "../../sandbox/index.js";
import { findExecutable } from "../servers/programs.js";
import {
  createBucket,
  environmentOf,
  openRehearsal,
  plain,
  plaintextOf,
  type Rehearsal,
  vaulted,
} from "./rehearsal.js";
import { filesOf } from "./run-cli.js";

describe("secrets that a store echoes", () => {
  const KEY = Buffer.alloc(32, 7);

  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
    await createBucket(rehearsal.client, "archive", [...plain(2), ...vaulted(2)]);
  });
  afterAll(() => rehearsal.close());

  /** A store that repeats every header of a request that it refuses, in code, message and request id. */
  async function startEcho(refuses: (method: string, path: string) => boolean) {
    const server = createServer((incoming, answer) => {
      const { method = "", url: path = "", headers } = incoming;
      if (!refuses(method, path)) {
        const to = { host: "127.0.0.1", port: new URL(rehearsal.sandbox.endpoint).port, method, path, headers };
        incoming.pipe(
          request(to, (received) => {
            answer.writeHead(received.statusCode ?? 0, received.rawHeaders);
            received.pipe(answer);
          }),
        );
        return;
      }
      const repeated = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      const message = repeated.join("\n").replaceAll("&", "&amp;").replaceAll("<", "&lt;");
      const echoed = String(headers["x-amz-server-side-encryption-customer-key"] ?? headers.authorization);
      answer.writeHead(400, { "x-amz-request-id": echoed, "content-type": "application/xml" });
      answer.end(`<Error><Code>${echoed}</Code><Message>${message}</Message></Error>`);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return { endpoint: `http://127.0.0.1:${port}`, close: () => server.close().closeAllConnections() };
  }

  function* filesIn(folder: string): Generator<string> {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) yield* filesIn(path);
      else yield path;
    }
  }

  test("migrate redacts secrets that a store echoes, and makes its run folder private", async () => {
    const { endpoint, close } = await startEcho((_, path) => /^\/archive\/[^?]/.test(path));
    const keyFile = join(rehearsal.folder, "vault.key");
    writeFileSync(keyFile, KEY, { mode: 0o600 });
    const out = join(rehearsal.folder, "run");
    const place = ["--endpoint", endpoint, "--region", "gra", "--ssec-key-file", keyFile, "--out", out];
    const formats = ["--format", "html,csv,md,ocsf,inventory,prometheus"];
    const ran = await rehearsal.cli("migrate", "s3://archive", "--dry-run", ...place, ...formats, "--json");
    close();
    expect(ran.code).toBe(1);
    const { secretAccessKey } = rehearsal.sandbox.credentials;
    const texts = [ran.stdout, ran.stderr, ...[...filesIn(out)].map((path) => readFileSync(path, "utf8"))];
    expect(texts.length).toBeGreaterThan(8);
    expect(texts.join("\n")).toContain("[secret]");
    for (const text of texts) {
      for (const secret of [KEY.toString("base64"), KEY.toString("hex"), secretAccessKey])
        expect(text).not.toContain(secret);
      expect(text).not.toMatch(/Signature=\w{8}|x-amz-signature\W+\w{16}/i);
    }
    const modes = new Set([...filesIn(out)].map((path) => statSync(path).mode & 0o777));
    expect([...modes]).toEqual([0o600]);
    expect(statSync(out).mode & 0o777).toBe(0o700);
  });
});

describe("output", () => {
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
    test("appears in no file and no output of a run, unlike its access key ID", { tags: ["slow"] }, async () => {
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

    test("are encrypted unchanged, and never printed raw", { tags: ["slow"] }, async () => {
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
    beforeAll(() => createBucket(rehearsal.client, "many", plain(300)));

    test("stops the run without a stack trace, and --resume completes it", { tags: "slow" }, async () => {
      const { start, place, folder } = rehearsal;
      const out = join(folder, "unread");
      const running = start("audit", "s3://many", ...place, "--json", "--concurrency", "2", "--out", out);
      await running.said('"kind":"bucket"');
      running.stopReading();
      const { code, stderr } = await running.ended;
      expect(code).toBe(130);
      expect(stderr).toContain("stopping: the output was closed");
      expect(stderr).not.toMatch(/EPIPE|\n +at /);
      expect(await rehearsal.cli("audit", "--resume", "--out", out, ...rehearsal.place)).toMatchObject({ code: 0 });
    });

    test("does not fail a run that completes anyway", { tags: ["slow"] }, async () => {
      const running = rehearsal.start("audit", "s3://many", ...rehearsal.place);
      running.stopReading();
      const { code, stderr } = await running.ended;
      expect(code).toBe(0);
      expect(stderr).not.toMatch(/EPIPE|\n +at /);
    });
  });
});

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const SCRIPT = findExecutable("script");
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with it.
const COLOUR = /\u001b\[\d+m/;

describe("bucketseal audit on a terminal", () => {
  if (SCRIPT === undefined || process.platform !== "linux") {
    test.skip("shows a progress bar (skipped: util-linux's script is not on the PATH)", () => undefined);
    return;
  }
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal({
      intercept: ({ operation }) => (operation === "HeadObject" ? { kind: "delay", ms: 500 } : undefined),
    });
    await createBucket(rehearsal.client, "archive", plain(60));
  });
  afterAll(() => rehearsal.close());

  /** The bytes for a terminal of 80 columns, stdout and stderr in their order. */
  async function onTerminal(env: Record<string, string>): Promise<string> {
    const { folder, place, sandbox } = rehearsal;
    const audit = [process.execPath, MAIN, "audit", "s3://archive", ...place, "--concurrency", "8"].join(" ");
    const { stdout } = await promisify(execFile)(SCRIPT ?? "script", ["-qefc", `stty cols 80; ${audit}`, "/dev/null"], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, TERM: "xterm", ...environmentOf(sandbox.credentials), ...env },
    });
    return stdout;
  }

  test("shows a progress bar that fits, removes it, restores the cursor, and wraps between words", {
    tags: ["slow"],
  }, async () => {
    const sent = await onTerminal({});
    expect(sent).toMatch(COLOUR);
    expect(sent).toMatch(/ 60 objects {2}\d+\/s {2}\d+ s left/);
    expect(sent).not.toMatch(/NaN|Infinity|undefined/);
    expect(sent.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(sent.lastIndexOf(HIDE_CURSOR));
    const [, afterBar = ""] = sent.split(SHOW_CURSOR);
    expect(afterBar).toContain("60 of 60 objects are unencrypted");
    expect(afterBar).not.toContain("─");
    expect(sent).toContain("new objects keep\r\n  arriving in plaintext");
  });

  test("shows no colour with NO_COLOR, but still the progress bar", { tags: "slow" }, async () => {
    const sent = await onTerminal({ NO_COLOR: "1" });
    expect(sent).not.toMatch(COLOUR);
    expect(sent).toContain("─");
  });
});
