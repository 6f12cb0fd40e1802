import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_CREDENTIALS, type SandboxUser } from "../../sandbox/index.js";
import {
  afterStore,
  createBucket,
  encryptionOf,
  environmentOf,
  openRehearsal,
  plain,
  type Rehearsal,
} from "./rehearsal.js";
import { type Ran, runCli } from "./run-cli.js";

const MAY_NOTHING: SandboxUser = { accessKeyId: "NOTHING", secretAccessKey: "secret", deny: ["s3:*"] };
const MAY_LIST: SandboxUser = { accessKeyId: "LISTER", secretAccessKey: "secret", deny: ["s3:GetObject"] };
/** Trying again would take longer. */
const SOON_MS = 55_000;

/** One message, one line, no stack, nothing on stdout: what a person meets who cannot reach the bucket. */
function expectOneMessage(ran: Ran, words: RegExp): void {
  expect(ran).toMatchObject({ code: 3, stdout: "" });
  expect(ran.stderr).toMatch(words);
  expect(afterStore(ran.stderr)).toMatch(/^error: [^\n]+\n$/);
}

describe("bucketseal migrate on a store that corrupts copies", () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal({ profile: "corruptor" });
    await createBucket(rehearsal.client, "archive", plain(3));
  });
  afterAll(() => rehearsal.close());

  test.each([
    ["the probe's", [], /corrupts objects that are copied onto themselves.*no object in the bucket was changed/],
    ["the run's own", ["--assume", "documented", "--race", "off"], /the canary object .* no other object was changed/],
  ] as const)(
    "exits with 4 and leaves the bucket unchanged, after %s test object",
    { tags: ["slow"] },
    async (_, flags, words) => {
      const ran = await rehearsal.cli("migrate", "s3://archive", ...rehearsal.place, ...flags, "--quiet");
      expect(ran).toMatchObject({ code: 4, stdout: "" });
      expect(ran.stderr).toMatch(words);
      expect(Object.values(await encryptionOf(rehearsal.client, "archive"))).toEqual(["none", "none", "none"]);
    },
  );
});

const SSE = ["x-amz-server-side-encryption"];

describe("bucketseal migrate, if ACLs cannot be read,", () => {
  test.each([
    ["refuses SSE-S3", { sseS3: "refused" }],
    ["takes the header and forgets it", { forgottenBy: { put: SSE, copy: SSE, upload: SSE } }],
  ] as const)(
    "reports a store that %s as not encrypting, and changes nothing",
    { tags: ["slow"] },
    async (_, behaviour) => {
      const denied = { kind: "error", status: 403, code: "AccessDenied" } as const;
      const { client, cli, place, close } = await openRehearsal({
        behaviour: { ...behaviour, defaultEncryptionOnCopy: false },
        intercept: ({ operation }) => (operation === "GetObjectAcl" ? denied : undefined),
      });
      try {
        await createBucket(client, "archive", plain(3));
        const ran = await cli("migrate", "s3://archive", ...place);
        expect(ran).toMatchObject({
          code: 1,
          stdout: expect.stringMatching(/3 {2}the store does not encrypt: it refuses SSE-S3, or HEAD does not show it/),
        });
        expect(ran.stdout + ran.stderr).not.toMatch(/access control|lack permissions/i);
        expect(Object.values(await encryptionOf(client, "archive"))).toEqual(["none", "none", "none"]);
      } finally {
        await close();
      }
    },
  );

  test("names the missing right on a store that encrypts", { tags: ["slow"] }, async () => {
    const denied = { kind: "error", status: 403, code: "AccessDenied" } as const;
    const { client, cli, place, close } = await openRehearsal({
      intercept: ({ operation }) => (operation === "GetObjectAcl" ? denied : undefined),
    });
    try {
      await createBucket(client, "archive", plain(1));
      const ran = await cli("migrate", "s3://archive", ...place, "--quiet");
      expect(ran).toMatchObject({
        code: 3,
        stderr: expect.stringMatching(/error: .*lack permissions.*GetObjectAcl/),
      });
    } finally {
      await close();
    }
  });
});

describe("exit code 3 with one message", () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal({ users: [DEFAULT_CREDENTIALS, MAY_NOTHING, MAY_LIST] });
    await createBucket(rehearsal.client, "archive", plain(40));
  });
  afterAll(() => rehearsal.close());

  const at = (endpoint: string) => rehearsal.cli("audit", "s3://archive", "--endpoint", endpoint, "--region", "gra");

  test("reports missing credentials", async () => {
    const ran = await runCli(["audit", "s3://archive", ...rehearsal.place], { folder: rehearsal.folder });
    expectOneMessage(ran, /no credentials were found: set AWS_ACCESS_KEY_ID/);
  });

  test("reports a missing profile, even with keys in the environment", async () => {
    const ran = await rehearsal.cli("audit", "s3://archive", ...rehearsal.place, "--profile", "absent");
    expectOneMessage(ran, /no credentials were found in profile "absent"/);
  });

  test("reports an unknown key and a wrong secret", async () => {
    const audit = ["audit", "s3://archive", ...rehearsal.place];
    const known = rehearsal.sandbox.credentials.accessKeyId;
    for (const [accessKeyId, code] of [
      ["UNKNOWN", /InvalidAccessKeyId/],
      [known, /SignatureDoesNotMatch/],
    ] as const) {
      const env = environmentOf({ accessKeyId, secretAccessKey: "wrong" });
      expectOneMessage(await runCli(audit, { folder: rehearsal.folder, env }), code);
    }
  });

  test("reports a wrong region, and names the right one", async () => {
    const place = ["--endpoint", rehearsal.sandbox.endpoint, "--provider", "ovhcloud", "--region", "sbg"];
    expectOneMessage(
      await rehearsal.cli("audit", "s3://archive", ...place),
      /not in region "sbg" but in "gra".*--region gra/,
    );
  });

  test("reports a bucket that does not exist", async () => {
    expectOneMessage(
      await rehearsal.cli("migrate", "s3://absent", ...rehearsal.place),
      /bucket "absent" does not exist at http/,
    );
  });

  test("reports that listing is denied", async () => {
    const ran = await rehearsal.as(MAY_NOTHING, "audit", "s3://archive", ...rehearsal.place);
    expectOneMessage(ran, /are not allowed to read bucket "archive" \(listObjects: AccessDenied\).*s3:ListBucket/);
  });

  test("stops a run after the first objects if all are denied, and names the run folder", async () => {
    rehearsal.sandbox.resetCalls();
    const ran = await rehearsal.as(
      MAY_LIST,
      "audit",
      "s3://archive",
      ...rehearsal.place,
      "--concurrency",
      "1",
      "--quiet",
    );
    expect(ran).toMatchObject({ code: 3, stdout: "" });
    expect(ran.stderr).toMatch(/error: the first 20 objects all failed[^\n]*\nwhat was done so far is in [^\n]*\n$/);
    expect(rehearsal.sandbox.calls.HeadObject).toBeLessThan(40);
  });

  test("reports a refused connection and an unresolvable host at once", async () => {
    const since = performance.now();
    expectOneMessage(await at("http://127.0.0.1:1"), /127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\)/);
    expectOneMessage(await at("http://no-such-host.invalid"), /no-such-host\.invalid cannot be reached \(E[A-Z_]+\)/);
    expect(performance.now() - since).toBeLessThan(SOON_MS);
  });

  test("reports a server that does not speak TLS", async () => {
    const ran = await at(rehearsal.sandbox.endpoint.replace("http:", "https:"));
    expectOneMessage(ran, /does not speak TLS: change the scheme of the endpoint to http:/);
    expect(ran.stderr).not.toMatch(/EPROTO|SSL routines|openssl/);
  });

  test("leaves no run folder behind if the run cannot start", async () => {
    const out = `${rehearsal.folder}/never`;
    await rehearsal.cli("audit", "s3://absent", ...rehearsal.place, "--out", out);
    expect(await rehearsal.cli("verify", out)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("does not exist"),
    });
  });
});
