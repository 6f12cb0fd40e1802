import { describe, expect, test } from "vitest";
import { probe, RunError, UsageError } from "../../../migrate/index.js";
import type { SandboxOptions } from "../../../sandbox/index.js";
import { createBucket } from "../../buckets/raw-s3.js";
import { startWorld } from "../../buckets/start-world.js";
import { createLockingBucket, emptyWorld, found, probeOptions, setVersioning } from "../fixtures/versioned-world.js";

const WRITES = /^(Put|Copy|Create|Upload|Complete|Delete|Abort)/;
const ADMIN = { accessKeyId: "ADMIN", secretAccessKey: "admin-secret" };

function writesOf(calls: Readonly<Record<string, number>>): string[] {
  return Object.keys(calls).filter((operation) => WRITES.test(operation));
}

/** A probe by somebody who lacks rights, on an empty bucket. */
async function probeWithout(deny: readonly string[], more: SandboxOptions = {}) {
  const reader = { accessKeyId: "READER", secretAccessKey: "reader-secret" };
  const world = await emptyWorld({ ...more, credentials: [ADMIN, { ...reader, deny }] });
  const options = probeOptions(world.sandbox, "mine", { credentials: reader });
  return { ...world, result: await probe(options) };
}

describe("probe of a bucket with object lock", () => {
  test("writes nothing if it has a default retention, and reports what reading shows", async () => {
    const { raw, sandbox } = await startWorld({ profile: "reference" });
    await createLockingBucket(raw, "locking");
    sandbox.resetCalls();
    const result = await probe(probeOptions(sandbox, "locking"));
    expect(writesOf(sandbox.calls)).toEqual([]);
    expect(result.obstacle?.because).toBe("locked-by-default");
    expect(found(result, "versioning")).toBe("enabled");
    expect(found(result, "object-lock")).toBe("locks by default");
    expect(found(result, "default-encryption")).toMatch(/^not-found /);
    expect(found(result, "self-copy")).toBe("not-observable locked-by-default");
    expect(result).toMatchObject({ missingRights: [], leftovers: [] });
  });

  test("writes test objects if it has no default retention", async () => {
    const { raw, sandbox } = await startWorld({ profile: "reference" });
    await createBucket(raw, "lockable", { "x-amz-bucket-object-lock-enabled": "true" });
    const result = await probe(probeOptions(sandbox, "lockable"));
    expect(found(result, "object-lock")).toBe("on");
    expect(found(result, "self-copy")).toBe("yes");
    expect(result).toMatchObject({ obstacle: null, leftovers: [] });
  });

  test("writes nothing if its object lock configuration cannot be read", async () => {
    const { sandbox, result } = await probeWithout(["s3:GetBucketObjectLockConfiguration"]);
    expect(writesOf(sandbox.calls)).toEqual([]);
    expect(result.obstacle?.because).toBe("lock-unreadable");
    expect(result.missingRights).toEqual(["s3:GetBucketObjectLockConfiguration"]);
  });
});

describe("probe without permission", () => {
  test("to write reports what reading shows, and names the missing permission", async () => {
    const { result } = await probeWithout(["s3:PutObject"]);
    expect(result.obstacle).toMatchObject({
      because: "no-right-to-write",
      evidence: { operation: "putObject", status: 403, code: "AccessDenied" },
    });
    expect(result.missingRights).toContain("s3:PutObject");
    expect(found(result, "versioning")).toBe("never");
    expect(found(result, "self-copy")).toBe("not-observable no-right-to-write");
    expect(result.leftovers).toEqual([]);
    expect(result.capabilities).toMatchObject({ copyIfMatch: false, completeMultipartIfMatch: true });
  });

  test("to list versions writes nothing to a versioned bucket, but probes a never versioned one", async () => {
    const credentials = { accessKeyId: "READER", secretAccessKey: "reader-secret" };
    const world = await emptyWorld({ credentials: [ADMIN, { ...credentials, deny: ["s3:ListBucketVersions"] }] });
    const never = await probe(probeOptions(world.sandbox, "mine", { credentials }));
    expect(never).toMatchObject({ obstacle: null, leftovers: [] });
    await setVersioning(world.raw, "mine", "Enabled");
    world.sandbox.resetCalls();
    const enabled = await probe(probeOptions(world.sandbox, "mine", { credentials }));
    expect(enabled.obstacle?.because).toBe("versions-unlistable");
    expect(enabled.missingRights).toEqual(["s3:ListBucketVersions"]);
    expect(writesOf(world.sandbox.calls)).toEqual([]);
  });

  test("to tag fails only that question", async () => {
    const { result } = await probeWithout(["s3:PutObjectTagging"]);
    expect(found(result, "object-tagging")).toBe("failed AccessDenied");
    expect(found(result, "copy-source-if-match")).not.toMatch(/^(failed|not-observable)/);
    expect(result.missingRights).toContain("s3:PutObjectTagging");
    expect(result.leftovers).toEqual([]);
  });
});

describe("probe that cannot start", () => {
  test("throws a RunError if the bucket does not exist", async () => {
    const { sandbox } = await emptyWorld();
    await expect(probe(probeOptions(sandbox, "missing"))).rejects.toThrow(RunError);
    await expect(probe(probeOptions(sandbox, "missing"))).rejects.toThrow('bucket "missing" does not exist');
  });

  test("reports all bad options together, before any request", async () => {
    const { sandbox } = await emptyWorld();
    const more = { location: "mine", writesPerSecond: "many", provider: "nobody" as never };
    const error = await probe(probeOptions(sandbox, "mine", more)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).problems).toEqual([
      expect.stringContaining('"nobody" is not allowed'),
      expect.stringContaining('"many" is not allowed'),
      expect.stringContaining('location "mine" is not valid'),
    ]);
    expect(sandbox.calls).toEqual({});
  });
});
