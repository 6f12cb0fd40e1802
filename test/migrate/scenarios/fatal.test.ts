import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { audit, type MigrateOptions, migrate, RunError } from "../../../migrate/index.js";
import { DEFAULT_CREDENTIALS, type SandboxOptions } from "../../../sandbox/index.js";
import { fillBucket, newFolder, runOptions, startWorld } from "../../buckets/start-world.js";
import { findExecutable } from "../../servers/programs.js";

const MIB = 1024 * 1024;

/** The error of a run on a bucket of one object, how often it tried again, and whether it left a folder. */
async function fate(more: Partial<MigrateOptions>, sandboxOptions: SandboxOptions = {}) {
  const { raw, optionsFor } = await startWorld(sandboxOptions);
  const filled = sandboxOptions.credentials === undefined;
  if (filled) await fillBucket(raw, "bucket", [{ key: "a", body: Buffer.from("1") }]);
  return fateOf(await optionsFor("bucket", more));
}

async function fateOf(options: MigrateOptions) {
  let retries = 0;
  const onEvent: MigrateOptions["onEvent"] = ({ kind }) => {
    if (kind === "retry") retries += 1;
  };
  const error = await migrate({ ...options, onEvent }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, retries, leftBehind: existsSync(options.out ?? "") };
}

function expectFatal({ error, retries, leftBehind }: Awaited<ReturnType<typeof fate>>, words: RegExp): void {
  expect(error).toBeInstanceOf(RunError);
  const { message } = error as Error;
  expect(message).toMatch(words);
  expect(message.split("\n")).toHaveLength(1);
  // A name may not resolve for a moment, and is looked up once more.
  expect(retries).toBeLessThan(2);
  expect(leftBehind).toBe(false);
}

describe("run that cannot start, in one line and without a run folder,", () => {
  test("reports missing credentials at once", async () => {
    const folder = await newFolder();
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_CONFIG_FILE", join(folder, "none"));
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(folder, "none"));
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    expectFatal(await fate({ credentials: undefined }), /no credentials were found/);
  });

  test("reports unknown or mismatched access keys at once", async () => {
    const unknown = { accessKeyId: "UNKNOWN", secretAccessKey: "x" };
    const mismatched = { ...DEFAULT_CREDENTIALS, secretAccessKey: "x" };
    expectFatal(await fate({ credentials: unknown }), /does not accept the credentials \(InvalidAccessKeyId/);
    expectFatal(await fate({ credentials: mismatched }), /does not accept the credentials \(SignatureDoesNotMatch/);
  });

  test("reports a bucket that does not exist at once", async () => {
    expectFatal(await fate({ locations: ["s3://another"] }), /bucket "another" does not exist at http/);
  });

  test("reports at once that listing the bucket is denied", async () => {
    const credentials = [{ ...DEFAULT_CREDENTIALS, deny: ["s3:ListBucket"] }];
    expectFatal(await fate({}, { credentials }), /are not allowed to read bucket "bucket" .*s3:ListBucket/);
  });

  test("reports at once that listing the buckets of the account is denied", async () => {
    const credentials = [{ ...DEFAULT_CREDENTIALS, deny: ["s3:ListAllMyBuckets"] }];
    expectFatal(
      await fate({ locations: [], allBuckets: true }, { credentials }),
      /are not allowed to read the buckets/,
    );
  });

  test("reports at once that the endpoint refuses connections or does not resolve", async () => {
    expectFatal(await fate({ endpoint: "http://127.0.0.1:9" }), /127\.0\.0\.1:9 cannot be reached \(ECONNREFUSED\)/);
    expectFatal(await fate({ endpoint: "http://nobody.invalid" }), /nobody\.invalid cannot be reached/);
  });

  test("reports a wrong region at once", async () => {
    expectFatal(await fate({ region: "rbx" }), /bucket "bucket" is not in region "rbx"/);
  });

  test("reports at once that an endpoint given as https does not speak TLS", async () => {
    const { sandbox, optionsFor } = await startWorld();
    const endpoint = sandbox.endpoint.replace("http:", "https:");
    expectFatal(await fateOf(await optionsFor("bucket", { endpoint })), /does not speak TLS: change the scheme/);
  });

  test.skipIf(findExecutable("openssl") === undefined)("reports a self-signed certificate at once", async () => {
    const folder = await newFolder();
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-days", "1"];
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, ...subject],
      {
        stdio: "ignore",
      },
    );
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, answer) => void answer.end());
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const endpoint = `https://localhost:${(server.address() as AddressInfo).port}`;
    const options = await runOptions({ endpoint, region: "gra", credentials: DEFAULT_CREDENTIALS }, "bucket");
    expectFatal(await fateOf(options), /cannot be trusted \(DEPTH_ZERO_SELF_SIGNED_CERT/);
  });

  test("reports at once that none of several locations can be read", async () => {
    const { sandbox, raw, optionsFor } = await startWorld();
    await fillBucket(raw, "bucket", [{ key: "a", body: Buffer.alloc(MIB) }]);
    const locations = ["s3://another/a/", "s3://another/b/"];
    expectFatal(await fateOf(await optionsFor("bucket", { locations })), /bucket "another" does not exist/);
    expect(sandbox.calls.CopyObject).toBeUndefined();
  });
});

describe("run with denied requests", () => {
  test("names the permission that --set-default needs, and closes the session as aborted", async () => {
    const { raw, optionsFor } = await startWorld({
      intercept: ({ operation }) =>
        operation === "PutBucketEncryption" ? { kind: "error", status: 403, code: "AccessDenied" } : undefined,
    });
    await fillBucket(raw, "bucket", [{ key: "a", body: Buffer.from("1") }]);
    const options = await optionsFor("bucket", { setDefault: true });
    const { error } = await fateOf(options);
    expect(error).toBeInstanceOf(RunError);
    expect((error as Error).message).toMatch(
      /are not allowed to change bucket "bucket" .*s3:PutEncryptionConfiguration/,
    );
    const run = JSON.parse(readFileSync(join(options.out ?? "", "run.json"), "utf8"));
    expect(run.sessions[0]).toMatchObject({ end: "aborted" });
  });

  test("continues if only single objects are denied", async () => {
    const { raw, optionsFor } = await startWorld({
      intercept: ({ operation, key }) =>
        operation === "HeadObject" && key === "denied"
          ? { kind: "error", status: 403, code: "AccessDenied" }
          : undefined,
    });
    const objects = ["a", "denied", "z"].map((key) => ({ key, body: Buffer.from(key) }));
    await fillBucket(raw, "bucket", objects);
    const { summary } = await audit(await optionsFor("bucket"));
    expect(summary.total.reasons["access-denied"]?.objects).toBe(1);
    expect(summary.total).toMatchObject({ listed: 3, closes: true });
  });
});
