import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createBucket, encryptionOf, environmentOf, openRehearsal, plain, type Rehearsal } from "./rehearsal.js";
import { runCli } from "./run-cli.js";

vi.setConfig({ testTimeout: 120_000 });

let rehearsal: Rehearsal;
let keys: Readonly<Record<string, string>>;
beforeAll(async () => {
  rehearsal = await openRehearsal();
  keys = environmentOf(rehearsal.sandbox.credentials);
  await createBucket(rehearsal.client, "archive", plain(3));
});
afterAll(() => rehearsal.close());

/** Nothing listens there. */
const NOWHERE = "http://127.0.0.1:1";
const OF_GRA = "https://s3.gra.io.cloud.ovh.net";

/** The line that every command on a store begins with. */
const storeLine = (stderr: string) => stderr.split("\n").find((line) => line.startsWith("store: "));

/** Runs the command line with these variables, and a home folder with this ~/.aws/config. */
async function inPlace(env: Readonly<Record<string, string>>, args: readonly string[], config = "") {
  const { folder } = rehearsal;
  await mkdir(join(folder, ".aws"), { recursive: true });
  await writeFile(join(folder, ".aws", "config"), config);
  return runCli(args, { folder, env: { ...keys, ...env } });
}

describe("the store of a command", () => {
  test("is the sandbox that its printed variables name, and never the provider's own endpoint", {
    tags: ["slow"],
  }, async () => {
    const { endpoint, region, credentials } = rehearsal.sandbox;
    const printed = { AWS_REGION: region, AWS_DEFAULT_REGION: region, AWS_ENDPOINT_URL: endpoint };
    const args = ["migrate", "s3://archive", "--provider", "ovhcloud", "--out", "of-variables"];
    const { code, stderr } = await inPlace(printed, args);
    expect(code).toBe(0);
    expect(stderr.split("\n", 1)).toEqual([
      `store: OVHcloud Object Storage, endpoint ${endpoint} (from AWS_ENDPOINT_URL), region gra (from AWS_REGION), access key ${credentials.accessKeyId}`,
    ]);
    expect(Object.values(await encryptionOf(rehearsal.client, "archive"))).toEqual(["AES256", "AES256", "AES256"]);
    const run = JSON.parse(await readFile(join(rehearsal.folder, "of-variables", "run.json"), "utf8"));
    expect(run).toMatchObject({ endpoint, region, options: { endpoint, region } });

    // A resumed run keeps its place: neither the region of another shell nor another endpoint moves it.
    const resume = ["migrate", "--resume", "--out", "of-variables"];
    expect(await inPlace({ AWS_ENDPOINT_URL: endpoint, AWS_REGION: "sbg" }, resume)).toMatchObject({ code: 0 });
    const live = await inPlace({ AWS_ENDPOINT_URL: endpoint, AWS_REGION: "sbg" }, ["verify", "of-variables", "--live"]);
    expect(live).toMatchObject({ code: 0, stderr: expect.stringContaining("(from AWS_ENDPOINT_URL), region gra,") });
  });

  test("comes from a flag, then the service's variable, then the general one, then the profile", async () => {
    const { endpoint, region } = rehearsal.sandbox;
    const services = `services = here\n[services here]\ns3 =\n  endpoint_url = ${endpoint}\n`;
    const cases = [
      {
        env: { AWS_ENDPOINT_URL: NOWHERE, AWS_REGION: "sbg" },
        flags: ["--endpoint", endpoint, "--region", region],
        from: "(from --endpoint), region gra (from --region)",
      },
      {
        env: { AWS_ENDPOINT_URL_S3: endpoint, AWS_ENDPOINT_URL: NOWHERE, AWS_DEFAULT_REGION: region },
        config: `[default]\nendpoint_url = ${NOWHERE}\nregion = sbg`,
        from: "(from AWS_ENDPOINT_URL_S3), region gra (from AWS_DEFAULT_REGION)",
      },
      {
        config: `[default]\nendpoint_url = ${endpoint}\nregion = ${region}\n`,
        from: "(from profile default), region gra (from profile default)",
      },
      {
        env: { AWS_PROFILE: "ops" },
        config: `[profile ops]\nregion = ${region}\nendpoint_url = ${NOWHERE}\n${services}`,
        from: "(from services here of profile ops), region gra (from profile ops)",
      },
    ];
    for (const { env = {}, flags = [], config, from } of cases) {
      const args = ["audit", "s3://absent", "--provider", "ovhcloud", ...flags];
      const { stderr } = await inPlace(env, args, config);
      expect(storeLine(stderr)).toContain(`endpoint ${endpoint} ${from}, access key `);
    }
  });

  test("is asked for if the caller ignores configured endpoints, and nothing else names one", async () => {
    const profile = (ignores: string) => `[default]\nendpoint_url = ${NOWHERE}\n${ignores}`;
    const args = ["audit", "s3://archive", "--out", "unwritten"];
    const ignoring = { AWS_ENDPOINT_URL: NOWHERE, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" };
    const ofProfile = profile("ignore_configured_endpoint_urls = true");
    for (const ran of [await inPlace(ignoring, args), await inPlace({}, args, ofProfile)])
      expect(ran).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: no store is given/) });
    expect(await inPlace({}, args, profile(""))).toMatchObject({ code: 3 });
  });

  test("does not take a region from the environment if the endpoint names another one", async () => {
    // --all-buckets beside a location ends each of them before a request.
    const audit = (region: string) =>
      inPlace({ AWS_REGION: region }, ["audit", "s3://archive", "--all-buckets", "--endpoint", OF_GRA]);
    const alone = /^error: --all-buckets covers every bucket[^\n]*\n$/;
    expect((await audit("us-east-1")).stderr).toMatch(alone);
    const { stderr } = await inPlace({ AWS_REGION: "us-east-1" }, ["audit", "s3://archive", "--provider", "ovhcloud"]);
    expect(stderr).toContain('no region "us-east-1"');
  });

  test.each([
    {
      env: { AWS_ENDPOINT_URL: "ftp://x" },
      says: /"ftp:\/\/x" is not a URL.*; the endpoint is from AWS_ENDPOINT_URL$/m,
    },
    {
      env: { AWS_ENDPOINT_URL: NOWHERE.replace("//", "//me:hidden@") },
      says: /user name or a password.* from AWS_ENDPOINT_URL$/m,
    },
    { env: { AWS_REGION: "nowhere" }, says: /no region "nowhere".*; the region is from AWS_REGION$/m },
  ])("names the variable of a value that it refuses: $env", async ({ env, says }) => {
    const { code, stderr } = await inPlace(env, ["audit", "s3://archive", "--provider", "ovhcloud"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(says) });
    expect(stderr).not.toContain("hidden");
  });
});
