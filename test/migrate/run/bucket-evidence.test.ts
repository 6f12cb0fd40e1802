import { describe, expect, it } from "vitest";
import { audit, type BucketFindings, migrate } from "../../../migrate/index.js";
import type { Intercept } from "../../../sandbox/index.js";
import { createBucket, putObject } from "../../buckets/put-object.js";
import { pathOf, type RawS3, sendOk } from "../../buckets/raw-s3.js";
import { startWorld, type World } from "../../buckets/start-world.js";

const BUCKET = "evidence";
const LIFECYCLE = `<LifecycleConfiguration><Rule><ID>tidy</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>
<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>`;
const REPLICATION = `<ReplicationConfiguration><Role>r</Role><Rule><ID>mirror</ID><Status>Enabled</Status><Prefix></Prefix>
<Destination><Bucket>arn:aws:s3:::mirror</Bucket></Destination></Rule></ReplicationConfiguration>`;
const ENCRYPTED_ONLY = { StringNotEquals: { "s3:x-amz-server-side-encryption": "AES256" } };
const STATEMENT = { Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: "*", Condition: ENCRYPTED_ONLY };
const POLICY = JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "EncryptedOnly", ...STATEMENT }] });
const AES256 = `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>
</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`;

async function aWorld(intercept: Intercept = () => undefined): Promise<World> {
  const world = await startWorld({ profile: "reference", intercept });
  await createBucket(world.raw, BUCKET);
  await putObject(world.raw, BUCKET, { key: "a", body: Buffer.from("1") });
  return world;
}

function set(raw: RawS3, name: string, body: string) {
  return sendOk(raw, { method: "PUT", path: pathOf(BUCKET, "", `?${name}=`), body: Buffer.from(body) });
}

const beginUpload = (raw: RawS3, key: string) =>
  sendOk(raw, { method: "POST", path: pathOf(BUCKET, key, "?uploads=") });

/** A store tells the time in whole seconds. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 2100));

function theOne(buckets: readonly BucketFindings[]): BucketFindings {
  const [found] = buckets;
  if (found === undefined) throw new Error("the run found no bucket");
  return found;
}

describe("bucket settings in run.json", () => {
  it("contain lifecycle rules, replication and policy", async () => {
    const world = await aWorld();
    await set(world.raw, "lifecycle", LIFECYCLE);
    await set(world.raw, "versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
    await set(world.raw, "replication", REPLICATION);
    await set(world.raw, "policy", POLICY);
    const { run } = await audit(await world.optionsFor(BUCKET));
    const { lifecycle, replication, policy } = theOne(run.buckets);
    const rule = { enabled: true, prefix: "", isNarrower: false };
    const aborts = { kind: "aborts-uploads", days: 7, date: null, storageClass: null };
    expect(lifecycle).toEqual({ kind: "present", total: 1, first: [{ id: "tidy", ...rule, actions: [aborts] }] });
    const destination = "arn:aws:s3:::mirror";
    expect(replication).toEqual({ kind: "present", total: 1, first: [{ id: "mirror", ...rule, destination }] });
    expect(policy).toEqual({ kind: "present", statements: 1, onEncryption: ["EncryptedOnly"] });
  });

  it("say that rules are absent", async () => {
    const world = await aWorld();
    const { run } = await audit(await world.optionsFor(BUCKET));
    const absent = { kind: "absent" };
    expect(theOne(run.buckets)).toMatchObject({ lifecycle: absent, replication: absent, policy: absent });
  });

  it.each([
    [403, "AccessDenied", "unreadable"],
    [405, "MethodNotAllowed", "unreadable"],
    [501, "NotImplemented", "unsupported"],
  ])("say that rules could not be read after HTTP %i, and the run continues", async (status, code, kind) => {
    const OPTIONAL = ["GetBucketLifecycleConfiguration", "GetBucketReplication", "GetBucketPolicy"];
    const world = await aWorld(({ operation }) =>
      OPTIONAL.includes(operation ?? "") ? { kind: "error", status, code } : undefined,
    );
    const { run, summary } = await audit(await world.optionsFor(BUCKET));
    expect(theOne(run.buckets)).toMatchObject({ lifecycle: { kind }, replication: { kind }, policy: { kind } });
    expect(summary.total).toMatchObject({ listed: 1, closes: true });
  });
});

describe("default encryption in run.json", () => {
  it("is read again at the end, and shows that it was removed meanwhile", async () => {
    let looked = false;
    let raw: RawS3 | undefined;
    const world = await aWorld(({ operation }) => {
      if (operation === "HeadObject" && !looked) {
        looked = true;
        void sendOk(raw as RawS3, { method: "DELETE", path: pathOf(BUCKET, "", "?encryption=") });
      }
      return undefined;
    });
    raw = world.raw;
    await set(raw, "encryption", AES256);
    const { run } = await audit(await world.optionsFor(BUCKET));
    const { defaultEncryption, atEnd } = theOne(run.buckets);
    expect(defaultEncryption).toEqual({ before: "sse-s3", after: "sse-s3" });
    expect(atEnd?.defaultEncryption).toBe("none");
  });

  it("is marked unreadable if it cannot be read again, and the run completes", async () => {
    let times = 0;
    const world = await aWorld(({ operation }) => {
      if (operation === "GetBucketEncryption") times += 1;
      const refused = (operation === "GetBucketEncryption" || operation === "ListMultipartUploads") && times > 1;
      return refused ? { kind: "error", status: 403, code: "AccessDenied" } : undefined;
    });
    const { run, summary } = await audit(await world.optionsFor(BUCKET));
    expect(theOne(run.buckets).atEnd).toMatchObject({ defaultEncryption: "unreadable", openUploads: null });
    expect(summary.total.closes).toBe(true);
  });

  it("is not read again after an interruption", async () => {
    const world = await aWorld();
    const controller = new AbortController();
    const onEvent = ({ kind }: { kind: string }) => kind === "scope-started" && controller.abort();
    const { run } = await audit({ ...(await world.optionsFor(BUCKET)), onEvent, signal: controller.signal });
    expect(theOne(run.buckets).atEnd).toBeUndefined();
  });
});

describe("open uploads at the end of a run", () => {
  it("are counted as earlier if they began before an earlier session set the default", async () => {
    const { raw, optionsFor } = await aWorld();
    await beginUpload(raw, "before");
    const options = await optionsFor(BUCKET, { setDefault: true });
    const controller = new AbortController();
    const onEvent = ({ kind }: { kind: string }) => kind === "scope-started" && controller.abort();
    await migrate({ ...options, onEvent, signal: controller.signal });
    await aMoment();
    await beginUpload(raw, "later");
    const { run } = await migrate({
      out: options.out,
      credentials: options.credentials,
      endpoint: options.endpoint,
      resume: true,
    });
    const { defaultEncryption, atEnd } = theOne(run.buckets);
    expect(defaultEncryption).toMatchObject({ before: "none", after: "sse-s3" });
    expect(Math.abs(Date.parse(defaultEncryption.setAt ?? "") - Date.now())).toBeLessThan(60_000);
    expect(atEnd?.openUploads).toMatchObject({ open: 2, earlier: 1 });
    expect(atEnd?.openUploads?.firstEarlier.map(({ key }) => key)).toEqual(["before"]);
  });

  it("are all counted as earlier if there is no default", async () => {
    const world = await aWorld();
    await beginUpload(world.raw, "a/open");
    const { run } = await audit(await world.optionsFor(BUCKET));
    expect(theOne(run.buckets).atEnd).toMatchObject({
      defaultEncryption: "none",
      openUploads: { open: 1, earlier: 1, firstEarlier: [{ key: "a/open" }] },
    });
  });
});
