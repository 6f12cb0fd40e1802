import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProbeResult, probe, RunError, UsageError } from "../../../migrate/index.js";
import { type Probed, probeBucket } from "../../../migrate/probe/probe-bucket.js";
import type { ObjectStore } from "../../../migrate/store/object-store.js";
import type { Operation } from "../../../migrate/store/operations.js";
import {
  type Fault,
  type InterceptedRequest,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from "../../../sandbox/index.js";
import { inParallel } from "../../buckets/async-items.js";
import { createBucket, pathOf, putObject, type RawS3, rawS3, sendOk } from "../../buckets/raw-s3.js";
import { startWorld } from "../../buckets/start-world.js";
import { LONG, SWEEP_TIMEOUT_MS } from "../../length.js";
import { openStores } from "../../store/port-target.js";
import { generic } from "../fixtures/facts.js";
import { storeError } from "../fixtures/fake-store.js";
import {
  createLockingBucket,
  emptyWorld,
  everythingIn,
  found,
  probeOptions,
  setVersioning,
} from "../fixtures/versioned-world.js";

type PerBucket = (request: InterceptedRequest, call: number) => Fault | undefined;

/** The result of each call on a bucket, counted from 1. */
const faults = new Map<string, PerBucket>();
const calls = new Map<string, number>();
let sandbox: Sandbox;
let raw: RawS3;

beforeAll(async () => {
  sandbox = await startSandbox({
    profile: "reference",
    intercept: (request) => {
      const call = (calls.get(request.bucket) ?? 0) + 1;
      calls.set(request.bucket, call);
      return faults.get(request.bucket)?.(request, call);
    },
  });
  raw = rawS3(sandbox);
});
afterAll(async () => {
  raw.close();
  await sandbox.close();
});

type Kind = "unversioned" | "versioned" | "suspended";

/** A bucket that holds objects, versions, a delete marker and an open upload of somebody else's. */
async function inhabited(bucket: string, kind: Kind): Promise<string> {
  await createBucket(raw, bucket);
  if (kind !== "unversioned") await setVersioning(raw, bucket, "Enabled");
  for (const key of ["a", "a", "b", ".bucketseal-probe-of-somebody-else/1"]) {
    await putObject(raw, bucket, { key, body: Buffer.from(key) });
  }
  await sendOk(raw, { method: "DELETE", path: pathOf(bucket, "b") });
  await sendOk(raw, { method: "POST", path: pathOf(bucket, "a", "?uploads=") });
  if (kind === "suspended") await setVersioning(raw, bucket, "Suspended");
  const before = await everythingIn(raw, bucket);
  calls.set(bucket, 0);
  return before;
}

/** Probes a bucket under a fault, and looks at it without. */
async function probed(bucket: string, kind: Kind, fault: PerBucket) {
  const before = await inhabited(bucket, kind);
  faults.set(bucket, fault);
  const result = await probe(probeOptions(sandbox, bucket)).catch((error: unknown) => error);
  const made = calls.get(bucket) ?? 0;
  faults.delete(bucket);
  return { before, after: await everythingIn(raw, bucket), result, made };
}

describe.each(["unversioned", "versioned", "suspended"] as const)("probe of a bucket that is %s", (kind) => {
  test("leaves it unchanged, although it writes more than 20 objects", { tags: ["slow"] }, async () => {
    let puts = 0;
    const { before, after, result } = await probed(`clean-${kind}`, kind, ({ operation }) => {
      puts += operation === "PutObject" ? 1 : 0;
      return undefined;
    });
    expect(puts).toBeGreaterThan(20);
    expect(after).toBe(before);
    expect(result).toMatchObject({ end: "completed", leftovers: [] });
  });
});

const FAULTS: readonly (readonly [string, Fault])[] = [
  ["is refused", { kind: "error", status: 403, code: "AccessDenied" }],
  ["is carried out and its answer lost", { kind: "reset-after" }],
  ["answers what nobody foresaw", { kind: "error", status: 418, code: "Teapot" }],
];

/** One call in ten, each with one fault; in the long suite every call with every fault. */
function* sweep(calls: number): Generator<{ step: number; name: string; fault: Fault }> {
  for (let step = 1; step <= calls; step += LONG ? 1 : 10) {
    const faults = LONG ? FAULTS : FAULTS.slice(step % FAULTS.length, (step % FAULTS.length) + 1);
    for (const [name, fault] of faults) yield { step, name, fault };
  }
}

test("a probe with one failing call leaves the bucket unchanged, whichever call fails", {
  tags: "slow",
  timeout: SWEEP_TIMEOUT_MS,
}, async () => {
  const { made } = await probed("whole", "versioned", () => undefined);
  expect(made).toBeGreaterThan(100);
  const wrong: string[] = [];
  await inParallel(
    [...sweep(made)].map((one, index) => ({ ...one, index })),
    async ({ step, name, fault, index }) => {
      const { before, after, result } = await probed(`step-${index}`, "versioned", (_request, call) =>
        call === step ? fault : undefined,
      );
      const told = result instanceof RunError || (result as ProbeResult).leftovers?.length === 0;
      if (after !== before || !told) wrong.push(`call ${step} ${name}`);
    },
  );
  expect(wrong).toEqual([]);
});

describe("interrupted probe", () => {
  test("leaves the bucket unchanged whenever it is interrupted, and reports the interruption", {
    tags: "slow",
    timeout: SWEEP_TIMEOUT_MS,
  }, async () => {
    const { made } = await probed("stop-whole", "versioned", () => undefined);
    const steps = Array.from({ length: Math.floor(made / 7) }, (_, step) => step * 7 + 2);
    await inParallel(steps, async (step) => {
      const bucket = `stop-${step}`;
      const before = await inhabited(bucket, "versioned");
      const controller = new AbortController();
      faults.set(bucket, (_request, call) => {
        if (call === step) controller.abort();
        return undefined;
      });
      const result = await probe(probeOptions(sandbox, bucket, { signal: controller.signal }));
      faults.delete(bucket);
      expect(await everythingIn(raw, bucket)).toBe(before);
      expect(result).toMatchObject({ end: "interrupted", leftovers: [] });
    });
  });

  test("begins only calls that clean up", async () => {
    const controller = new AbortController();
    const begun = new Set<Operation>();
    const before = await inhabited("stop-calls", "versioned");
    const { findings, end } = await probeThrough("stop-calls", controller.signal, (operation, call) => {
      if (controller.signal.aborted) begun.add(operation);
      if (operation === "copyObject") controller.abort();
      return call();
    });
    const cleaning: Operation[] = ["deleteObject", "abortMultipartUpload", "listObjectVersions", "listOpenUploads"];
    expect([...begun].filter((operation) => !cleaning.includes(operation))).toEqual([]);
    expect(begun).toContain("deleteObject");
    expect(end).toBe("interrupted");
    expect(findings.find(({ topic }) => topic === "complete-if-match")).toMatchObject({ because: "interrupted" });
    expect(await everythingIn(raw, "stop-calls")).toBe(before);
  });
});

type AroundCall = (
  operation: Operation,
  call: () => Promise<unknown>,
  input: { readonly key?: string },
) => Promise<unknown>;

/** Probes a bucket of the sandbox, with each call to the store in the hands of the test. */
async function probeThrough(bucket: string, signal: AbortSignal | undefined, around: AroundCall): Promise<Probed> {
  const { lean, close } = openStores(sandbox);
  try {
    const wrapped = Object.entries(lean).map(([operation, call]) => [
      operation,
      (input: never) => around(operation as Operation, () => call(input), input),
    ]);
    const store: ObjectStore = Object.fromEntries(wrapped);
    return await probeBucket({ bucket, prefix: "", provider: generic }, { store, signal, onWriting: () => undefined });
  } finally {
    close();
  }
}

/** Findings without what differs from run to run: the random keys. */
function comparable({ findings }: Probed): unknown {
  return findings.map((finding) => ({ ...finding, evidence: undefined }));
}

/** Answers calls in rounds: all that wait, once none is in flight. As many rounds are as many latencies. */
function inRounds() {
  let rounds = 0;
  let inFlight = 0;
  let mostInFlight = 0;
  const waiting: (() => void)[] = [];
  const release = () => {
    if (inFlight > 0 || waiting.length === 0) return;
    rounds += 1;
    mostInFlight = Math.max(mostInFlight, waiting.length);
    inFlight = waiting.length;
    for (const begin of waiting.splice(0)) begin();
  };
  const around: AroundCall = async (_operation, call) => {
    const turn = new Promise<void>((resolve) => waiting.push(resolve));
    setImmediate(release);
    await turn;
    return call().finally(() => {
      inFlight -= 1;
      setImmediate(release);
    });
  };
  return { around, counts: () => ({ rounds, mostInFlight }) };
}

describe("experiments of a probe", () => {
  test("run side by side: a probe takes no more than 29 times the latency of the store", {
    tags: ["slow"],
  }, async () => {
    await inhabited("rounds", "versioned");
    const { around, counts } = inRounds();
    const probed = await probeThrough("rounds", undefined, around);
    expect(probed).toMatchObject({ obstacle: null, leftovers: [], end: "completed" });
    const { rounds, mostInFlight } = counts();
    expect(rounds).toBeLessThanOrEqual(29);
    expect(mostInFlight).toBeGreaterThan(16);
    expect(mostInFlight).toBeLessThanOrEqual(32);
  });

  test("find the same in whatever order their calls are answered", { tags: ["slow"] }, async () => {
    await inhabited("in-order", "versioned");
    const expected = comparable(await probeThrough("in-order", undefined, (_operation, call) => call()));
    for (const latency of [
      (operation: Operation) => (operation.startsWith("put") ? 20 : 0),
      () => Math.random() * 20,
    ]) {
      const probed = await probeThrough("in-order", undefined, async (operation, call) => {
        await sleep(latency(operation));
        return call();
      });
      expect(comparable(probed)).toEqual(expected);
    }
  });

  test("end with their last call, so that the clean-up finds what was put late", { tags: ["slow"] }, async () => {
    const before = await inhabited("late", "versioned");
    let inFlight = 0;
    // Two puts are held.
    const nothingElse = async () => {
      for (let turns = 0; turns < 200; turns = inFlight > 2 ? 0 : turns + 1) await turn();
    };
    let namesPut = 0;
    const { obstacle, findings } = await probeThrough("late", undefined, async (operation, call, { key = "" }) => {
      inFlight += 1;
      try {
        const isOfNames = operation === "putObject" && key.includes("/listed/");
        if (isOfNames) namesPut += 1;
        if (isOfNames && namesPut === 1) throw storeError("access-denied");
        if (isOfNames) await nothingElse();
        return await call();
      } finally {
        inFlight -= 1;
      }
    });
    expect(obstacle).toBeNull();
    expect(namesPut).toBe(3);
    expect(findings.find(({ topic }) => topic === "listing-encoding")?.kind).toBe("failed");
    expect(await everythingIn(raw, "late")).toBe(before);
  });

  test("name the one error after which no call succeeds once, and begin no other call", async () => {
    const before = await inhabited("cut-off", "versioned");
    let isGone = false;
    const begun: Operation[] = [];
    const { findings, cutOffBy } = await probeThrough("cut-off", undefined, (operation, call) => {
      if (!isGone && operation !== "copyObject") return call();
      if (isGone) begun.push(operation);
      isGone = true;
      return Promise.reject(storeError("unreachable"));
    });
    expect(cutOffBy?.kind).toBe("unreachable");
    const failures = findings.filter(({ kind }) => kind === "failed");
    expect(new Set(failures.map((one) => one.kind === "failed" && one.evidence.code)).size).toBe(1);
    expect(failures.length).toBeLessThan(4);
    expect(findings.find(({ topic }) => topic === "complete-if-match")).toMatchObject({ because: "out-of-reach" });
    expect(begun.filter((operation) => operation === "copyObject" || operation === "putObject")).toEqual([]);
    expect(await everythingIn(raw, "cut-off")).not.toBe(before);
  });
});

describe("test objects of a probe", () => {
  test("are reported as left over if they cannot be deleted: at most one object and one upload", {
    tags: ["slow"],
  }, async () => {
    const { result } = await probed("no-delete", "versioned", ({ operation }) =>
      operation === "DeleteObject" || operation === "AbortMultipartUpload"
        ? { kind: "error", status: 403, code: "AccessDenied" }
        : undefined,
    );
    const { leftovers, obstacle, missingRights, folder } = result as ProbeResult;
    expect(leftovers).toEqual([
      { kind: "version", key: `${folder}1-first`, versionId: expect.any(String), code: "AccessDenied" },
      { kind: "upload", key: `${folder}1-first`, uploadId: expect.any(String), code: "AccessDenied" },
    ]);
    expect(obstacle?.because).toBe("no-right-to-delete");
    expect(missingRights).toEqual(["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:DeleteObjectVersion"]);
    expect(await everythingIn(raw, "no-delete")).toContain(`${folder}1-first`);
  });

  test("are not assumed deleted if they can no longer be listed", { tags: ["slow"] }, async () => {
    let copied = false;
    const { result } = await probed("no-list", "versioned", ({ operation }) => {
      copied ||= operation === "CopyObject";
      const lists = operation === "ListObjectVersions";
      return copied && lists ? { kind: "error", status: 403, code: "AccessDenied" } : undefined;
    });
    const { leftovers, folder } = result as ProbeResult;
    expect(leftovers).toContainEqual({ kind: "unlisted", key: folder, code: "AccessDenied" });
  });

  test("are all deleted if the store has no versions and cannot list any", { tags: ["slow"] }, async () => {
    const before = await inhabited("no-versions", "unversioned");
    faults.set("no-versions", ({ operation }) =>
      operation === "ListObjectVersions" ? { kind: "error", status: 501, code: "NotImplemented" } : undefined,
    );
    const result = await probe(probeOptions(sandbox, "no-versions"));
    faults.delete("no-versions");
    expect(result).toMatchObject({ obstacle: null, leftovers: [] });
    expect(await everythingIn(raw, "no-versions")).toBe(before);
  });
});

test("a probe writes only below its prefix, of any characters, and leaves nothing there", async () => {
  const prefix = "a b+c%20é/../line\nbreak//";
  const written = new Set<string>();
  const world = await emptyWorld({
    intercept: ({ operation, key }) => {
      if (["PutObject", "CopyObject", "CreateMultipartUpload"].includes(operation)) written.add(key);
      return undefined;
    },
  });
  const before = await everythingIn(world.raw, "mine");
  const result = await probe(probeOptions(world.sandbox, "mine", { location: `s3://mine/${prefix}` }));
  expect(result).toMatchObject({ obstacle: null, leftovers: [] });
  expect(result.folder.startsWith(`${prefix}.bucketseal-probe-`)).toBe(true);
  expect([...written].filter((key) => !key.startsWith(result.folder))).toEqual([]);
  expect(written.size).toBeGreaterThan(20);
  expect(await everythingIn(world.raw, "mine")).toBe(before);
});

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

  test("to tag fails only that question", { tags: ["slow"] }, async () => {
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
