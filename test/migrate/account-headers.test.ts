import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { audit, migrate, RunError, UsageError } from "../../migrate/index.js";
import { fillBucket } from "../buckets/fill-bucket.js";
import { readObject } from "../buckets/read-bucket.js";
import { runOptions, startWorld } from "../buckets/start-world.js";

const OWNER = "x-amz-expected-bucket-owner";
/** Of every bucket of a sandbox. */
const ACCOUNT = "000000000000";

describe("--expected-bucket-owner", () => {
  async function ownedWorld() {
    const world = await startWorld();
    await fillBucket(world.raw, "mine", [{ key: "a", body: Buffer.from("1") }]);
    return world;
  }

  test("migrates a bucket of the expected account", async () => {
    const { raw, optionsFor } = await ownedWorld();
    const { summary } = await migrate(await optionsFor("mine", { expectedBucketOwner: ACCOUNT, race: "off" }));
    expect(summary.total.outcomes.migrated.objects).toBe(1);
    expect((await readObject(raw, "mine", "a")).encryption).toBe("AES256");
  });

  test("ends the run and leaves the object unchanged if another account owns the bucket", async () => {
    const { raw, optionsFor } = await ownedWorld();
    const before = await readObject(raw, "mine", "a");
    const options = await optionsFor("mine", { expectedBucketOwner: "999999999999" });
    await expect(migrate(options)).rejects.toThrow(RunError);
    expect(await readObject(raw, "mine", "a")).toEqual(before);
  });

  test("rejects a value that is not an account ID, such as one with line breaks", async () => {
    const { optionsFor } = await ownedWorld();
    const end = audit(await optionsFor("mine", { expectedBucketOwner: "1\r\nx-evil: 1" }));
    await expect(end).rejects.toThrow(UsageError);
    await expect(end).rejects.toThrow(/--expected-bucket-owner: an account id/);
  });
});

test("requester-pays and expected-owner headers are sent and signed with every request of an audit", async () => {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer(({ headers, url = "" }, answer) => {
    seen.push(headers);
    const listing =
      "<ListBucketResult><Contents><Key>a</Key><Size>1</Size><ETag>e</ETag></Contents></ListBucketResult>";
    answer.end(url.includes("list-type") ? listing : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: "id", secretAccessKey: "secret" };
  const place = { endpoint: `http://127.0.0.1:${port}`, region: "gra", credentials };
  await audit(await runOptions(place, "mine", { requesterPays: true, expectedBucketOwner: ACCOUNT }));
  expect(seen.length).toBeGreaterThan(5);
  for (const headers of seen) {
    expect([headers["x-amz-request-payer"], headers[OWNER]]).toEqual(["requester", ACCOUNT]);
    expect(headers.authorization).toContain("x-amz-request-payer");
  }
  const before = seen.length;
  await audit(await runOptions(place, "mine"));
  for (const headers of seen.slice(before)) expect(headers).not.toHaveProperty("x-amz-request-payer");
});
