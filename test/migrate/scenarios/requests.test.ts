import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { audit, migrate, RunError, UsageError } from "../../../migrate/index.js";
import type { ObjectStore } from "../../../migrate/store/object-store.js";
import { readBucket, readObject } from "../../buckets/read-bucket.js";
import { fillBucket, runOptions, startWorld } from "../../buckets/start-world.js";
import { openStores, refusalOf, STORE_NAMES } from "../../store/port-target.js";

const HOUR_MS = 3_600_000;
const objects = Array.from({ length: 12 }, (_, n) => ({ key: `object-${n}`, body: Buffer.from(`body ${n}`) }));

/** A store whose clock is what this one says, and is ahead by as much as `skew.ms` once its bucket is filled. */
async function skewedWorld(ms: number, intercept?: Parameters<typeof startWorld>[0]) {
  const skew = { ms: 0 };
  const world = await startWorld({ ...intercept, clock: () => new Date(Date.now() + skew.ms) });
  await fillBucket(world.raw, "bucket", objects);
  return { ...world, skew, shift: () => Object.assign(skew, { ms }) };
}

describe.each([HOUR_MS, -HOUR_MS])("migrate with a clock that is off by %d ms", (ms) => {
  test("encrypts every object", { tags: ["slow"] }, async () => {
    const { optionsFor, shift, raw, skew } = await skewedWorld(ms);
    shift();
    const { summary } = await migrate(await optionsFor("bucket"));
    expect(summary.total.outcomes.migrated.objects).toBe(objects.length);
    skew.ms = 0;
    for (const { encryption } of (await readBucket(raw, "bucket")).values()) expect(encryption).toBe("AES256");
  });
});

test("a clock jump in the middle of a migration does not end it", { tags: ["slow"] }, async () => {
  const { optionsFor, shift } = await skewedWorld(HOUR_MS);
  let outcomes = 0;
  const onEvent = (event: { kind: string }) => {
    if (event.kind === "outcome") outcomes += 1;
    if (outcomes === 4) shift();
  };
  const { summary } = await migrate(await optionsFor("bucket", { onEvent, concurrency: 2 }));
  expect(summary.total.outcomes.migrated.objects).toBe(objects.length);
});

test.each(STORE_NAMES)(
  "the %s store is refused once for clock skew, and signs the next call with the store time",
  async (name) => {
    const { sandbox, shift } = await skewedWorld(HOUR_MS);
    shift();
    const stores = openStores(sandbox);
    const copy = (store: ObjectStore) =>
      store.copyObject({ bucket: "bucket", key: "object-1", headers: { "x-amz-server-side-encryption": "AES256" } });
    expect((await refusalOf(copy(stores[name]))).facts).toMatchObject({
      kind: "clock-skew",
      code: "RequestTimeTooSkewed",
    });
    await copy(stores[name]);
    // One client knows what the other has learnt.
    await stores.lean.headObject({ bucket: "bucket", key: "object-1" });
    await stores.sdk.headObject({ bucket: "bucket", key: "object-1" });
    stores.close();
  },
);

test("a store that refuses every request time ends the run with one message", async () => {
  let refuse = false;
  const { optionsFor } = await skewedWorld(0, {
    intercept: () => (refuse ? { kind: "error", status: 403, code: "RequestTimeTooSkewed" } : undefined),
  });
  refuse = true;
  const error = await migrate(await optionsFor("bucket")).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(RunError);
  expect(error.message).toMatch(/does not accept the clock of this machine \(RequestTimeTooSkewed.*set the clock/);
});

const OWNER = "x-amz-expected-bucket-owner";
/** The owner of every bucket of a sandbox. */
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
    await expect(end).rejects.toThrow(/--expected-bucket-owner: give an account ID/);
  });
});

test("requester-pays and expected-owner headers are sent and signed with every request of an audit", {
  tags: ["slow"],
}, async () => {
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
