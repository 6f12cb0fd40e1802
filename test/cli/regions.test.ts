import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Intercept, type Sandbox, startSandbox } from "../../sandbox/index.js";
import { clientOf, createBucket, encryptionOf, environmentOf, plain } from "./rehearsal.js";
import { runCli } from "./run-cli.js";

const REGIONS = { paris: "eu-west-3", ohio: "us-east-2" };

/** Amazon S3 as this machine sees it: every host of it is the sandbox, which holds each request to the region that its host names. */
let sandbox: Sandbox;
let folder: string;
const hosts: string[] = [];
let intercept: Intercept = () => undefined;
const proxy = createServer((incoming, answer) => {
  const { host, pathname, search } = new URL(incoming.url ?? "");
  hosts.push(host);
  const { method, headers } = incoming;
  const { port } = new URL(sandbox.endpoint);
  const onward = request({ host: "127.0.0.1", port, method, path: `${pathname}${search}`, headers }, (received) => {
    answer.writeHead(received.statusCode ?? 0, received.rawHeaders);
    received.pipe(answer);
  });
  incoming.pipe(onward);
});

beforeAll(async () => {
  sandbox = await startSandbox({ region: "us-east-1", profile: "reference", intercept: (asked) => intercept(asked) });
  folder = mkdtempSync(join(tmpdir(), "bucketseal-regions-"));
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  for (const name of ["virginia", "paris", "ohio"]) await createBucket(clientOf(sandbox), name, plain(2));
  sandbox.changeBehaviour({ bucketRegions: REGIONS });
});
afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});
beforeEach(() => {
  hosts.splice(0);
  intercept = () => undefined;
});

const AMAZONS = ["--provider", "aws", "--region", "us-east-1", "--endpoint", "http://s3.us-east-1.amazonaws.com"];

function cli(args: readonly string[], place: readonly string[] = AMAZONS) {
  const env = {
    ...environmentOf(sandbox.credentials),
    HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  };
  return runCli([...args, ...place], { folder, env });
}

const asIn = (region: string) => ({ ...sandbox, region, credentials: sandbox.credentials, endpoint: sandbox.endpoint });
const sealedIn = async (bucket: string, region: string) =>
  Object.values(await encryptionOf(clientOf(asIn(region)), bucket));

test.each(["redirect", "malformed"] as const)(
  "audit uses the region of each bucket, learned from a %s response",
  async (otherRegion) => {
    sandbox.changeBehaviour({ otherRegion });
    const ran = await cli(["audit", "s3://virginia", "s3://paris", "s3://ohio", "--out", join(folder, otherRegion)]);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("6 of 6 objects are unencrypted") });
    expect([...new Set(hosts)].sort()).toEqual([
      "s3.eu-west-3.amazonaws.com",
      "s3.us-east-1.amazonaws.com",
      "s3.us-east-2.amazonaws.com",
    ]);
    const { buckets } = JSON.parse(readFileSync(join(folder, otherRegion, "run.json"), "utf8"));
    expect(buckets.map(({ region }: { region?: string }) => region)).toEqual([undefined, "eu-west-3", "us-east-2"]);
    expect(readFileSync(join(folder, otherRegion, "report.md"), "utf8")).toContain("| Region | eu-west-3 |");
  },
);

test("migrate encrypts each bucket in its own region, also after --resume", { tags: "slow" }, async () => {
  sandbox.changeBehaviour({ deniedBuckets: ["ohio"] });
  const out = join(folder, "moved");
  const ran = await cli(["migrate", "s3://virginia", "s3://paris", "s3://ohio", "--set-default", "--out", out]);
  expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining("1 of 3 locations was not seen") });
  expect(await sealedIn("paris", "eu-west-3")).toEqual(["AES256", "AES256"]);
  sandbox.changeBehaviour({ deniedBuckets: [] });
  expect(await sealedIn("ohio", "us-east-2")).toEqual(["none", "none"]);
  const resumed = await cli(["migrate", "--resume", "--out", out]);
  expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining("Sealed: 0 of 6 objects remain") });
  expect(await sealedIn("ohio", "us-east-2")).toEqual(["AES256", "AES256"]);
});

test("audit sends the requests for every region to an endpoint that is not Amazon's", async () => {
  const place = ["--provider", "aws", "--region", "us-east-1", "--endpoint", "http://store.test"];
  const ran = await cli(["audit", "s3://virginia", "s3://paris"], place);
  expect(ran.code).toBe(0);
  expect([...new Set(hosts)]).toEqual(["store.test"]);
});

test("audit fails for a bucket in another region than the VPC endpoint, and contacts no other host", async () => {
  const endpoint = "http://bucket.vpce-1a2b3c4d.s3.us-east-1.vpce.amazonaws.com";
  sandbox.changeBehaviour({ bucketRegions: { ...REGIONS } });
  const place = ["--provider", "aws", "--region", "us-east-1", "--path-style", "--endpoint", endpoint];
  const ran = await cli(["audit", "s3://paris"], place);
  expect(ran).toMatchObject({ code: 3, stdout: "" });
  expect([...new Set(hosts)]).toEqual([new URL(endpoint).host]);
});

test("audit and probe follow a single bucket to its region", { tags: ["slow"] }, async () => {
  const ran = await cli(["audit", "s3://paris"]);
  expect(ran.code).toBe(0);
  const probed = await cli(["probe", "s3://paris"]);
  expect(probed.code).toBe(0);
  expect(hosts.filter((host) => host === "s3.eu-west-3.amazonaws.com").length).toBeGreaterThan(20);
});

test("audit asks HeadBucket for the region if a refusal does not name it", async () => {
  let refused = 0;
  const illegal = { kind: "error", status: 400, code: "IllegalLocationConstraintException" } as const;
  intercept = ({ operation, bucket }) => {
    if (operation !== "ListObjectsV2" || bucket !== "paris" || refused > 0) return undefined;
    refused += 1;
    return illegal;
  };
  sandbox.resetCalls();
  const ran = await cli(["audit", "s3://paris"]);
  expect(ran.code).toBe(0);
  expect(sandbox.calls.HeadBucket).toBe(1);
  expect(hosts).toContain("s3.eu-west-3.amazonaws.com");
});
