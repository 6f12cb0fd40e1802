import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, plain, plaintextOf } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";

const TSX = createRequire(import.meta.url).resolve("tsx/cli");
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

describe("bucketseal migrate --targets", () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
  });
  afterAll(() => rehearsal.close());

  /** As `terraform output -json` prints the outputs of our constructs, and one of somebody else. */
  async function outputs(name: string, buckets: readonly string[]): Promise<string> {
    const { endpoint, region } = rehearsal.sandbox;
    const ours = buckets.map((bucket) => [
      `bucketseal_${bucket}`,
      {
        sensitive: false,
        type: ["object", {}],
        value: { bucketseal: 1, bucket, endpoint, region, provider: "ovhcloud" },
      },
    ]);
    const path = join(rehearsal.folder, name);
    await writeFile(
      path,
      JSON.stringify({ ...Object.fromEntries(ours), vpc: { sensitive: false, type: "string", value: "vpc-1" } }),
    );
    return path;
  }

  const at = () => ["--endpoint", rehearsal.sandbox.endpoint];

  test("sends nothing to an endpoint that only the file names, and prints it", async () => {
    const { cli, sandbox } = rehearsal;
    const path = await outputs("named.json", ["declared-1"]);
    sandbox.resetCalls();
    const alone = await cli("audit", "--targets", path);
    expect(alone).toMatchObject({ code: 2, stdout: "" });
    expect(alone.stderr.replaceAll(/\s+/g, " ")).toContain(
      `--targets names the endpoint ${sandbox.endpoint}, and credentials and keys go only where you say: give --endpoint URL or --provider NAME`,
    );
    const other = await cli("audit", "--targets", path, "--provider", "aws", "--region", "eu-west-1");
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("is declared at") });
    expect(sandbox.calls).toEqual({});
  });

  test("rejects an endpoint with a user name or a password, without repeating them", async () => {
    const { cli, sandbox, folder } = rehearsal;
    const path = join(folder, "secret.json");
    const endpoint = sandbox.endpoint.replace("http://", "http://keeper:hunter2-secret@");
    const value = { bucketseal: 1, bucket: "declared-1", endpoint, region: sandbox.region, provider: "ovhcloud" };
    await writeFile(path, JSON.stringify({ bucketseal_vault: { sensitive: false, type: ["object", {}], value } }));
    sandbox.resetCalls();
    for (const command of ["audit", "migrate"]) {
      const ran = await cli(command, "--targets", path, ...at());
      expect(ran).toMatchObject({ code: 2, stdout: "" });
      expect(ran.stderr.replaceAll(/\s+/g, " ")).toContain(
        'secret.json" names an endpoint with a user name or a password, which is not repeated here',
      );
      expect(ran.stderr).not.toMatch(/hunter2|keeper/);
    }
    const listed = await cli("targets", path);
    expect(listed.code).toBe(2);
    expect(`${listed.stdout}${listed.stderr}`).not.toMatch(/hunter2|keeper/);
    expect(sandbox.calls).toEqual({});
  });

  test("reads buckets, region and provider from `terraform output -json`, and touches no other bucket", async () => {
    const { client, cli } = rehearsal;
    for (const bucket of ["declared-1", "declared-2", "undeclared"]) await createBucket(client, bucket, plain(2));
    const ran = await cli("migrate", "--targets", await outputs("outputs.json", ["declared-1", "declared-2"]), ...at());
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("0 of 4 objects remain") });
    expect(await plaintextOf(client, "declared-1")).toEqual([]);
    expect(await plaintextOf(client, "declared-2")).toEqual([]);
    expect(await plaintextOf(client, "undeclared")).toHaveLength(2);
  });

  test("continues without a denied bucket, reports it, and does not seal the run", async () => {
    const { client, cli, sandbox } = rehearsal;
    for (const bucket of ["open-1", "denied-1"]) await createBucket(client, bucket, plain(2));
    sandbox.changeBehaviour({ deniedBuckets: ["denied-1"] });
    const path = await outputs("denied.json", ["denied-1", "open-1"]);
    const ran = await cli("migrate", "--targets", path, ...at(), "--set-default");
    sandbox.changeBehaviour({ deniedBuckets: [] });
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining("Not proven: 0 of 2 objects remain") });
    expect(ran.stdout).toContain("1 of 2 locations was not seen");
    expect(await plaintextOf(client, "open-1")).toEqual([]);
    expect(await plaintextOf(client, "denied-1")).toHaveLength(2);
  });

  test("migrates the bucket of a synthesised cdktf.out folder", async () => {
    const { client, cli, folder, sandbox } = rehearsal;
    await createBucket(client, "adopted", plain(2));
    const out = join(folder, "cdktf.out");
    const example = [TSX, "--tsconfig", join(ROOT, "tsconfig.json"), join(ROOT, "examples/adopt/main.ts")];
    const env = {
      PATH: process.env.PATH,
      CHECKPOINT_DISABLE: "1",
      CDKTF_OUTDIR: out,
      BUCKET_NAME: "adopted",
      BUCKETSEAL_ENDPOINT: sandbox.endpoint,
    };
    await promisify(execFile)(process.execPath, example, { cwd: folder, env });
    expect(await cli("migrate", "--targets", out, ...at())).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("warning: adopted"),
    });
    expect(await plaintextOf(client, "adopted")).toEqual([]);
  });

  test("rejects outputs without a bucketseal bucket, and a name known only after deploy", async () => {
    const { cli, folder } = rehearsal;
    const none = await cli("audit", "--targets", await outputs("none.json", []));
    expect(none).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^error: "[^\n]*none.json" names no bucket[^\n]*\n$/),
    });
    const reference = join(folder, "reference.json");
    const value = {
      bucketseal: 1,
      bucket: ["$", "{aws_s3_bucket.x.bucket}"].join(""),
      endpoint: "https://s3.gra.io.cloud.ovh.net",
      region: "gra",
      provider: "ovhcloud",
    };
    await writeFile(reference, JSON.stringify({ bucketseal_x: { value } }));
    const unknown = await cli("audit", "--targets", reference);
    expect(unknown).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("known only once it is deployed"),
    });
  });
});
