import { GetObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { CHAOS_FAULTS, type ChaosFault, chaos, type Fault, type InterceptedRequest } from "../../sandbox/index.js";
import { codeOf, put, sendSigned, start } from "./client.js";

const NAMES = Object.keys(CHAOS_FAULTS) as ChaosFault[];
const COPY = { operation: "CopyObject", bucket: "b", method: "PUT" };

/** The faults that the calls of an operation on some keys meet, in their order. */
async function played(
  seed: number,
  requests: readonly InterceptedRequest[],
  rates?: Partial<Record<ChaosFault, number>>,
) {
  const intercept = chaos({ seed, ...(rates && { rates }) });
  const faults: [string, Fault | undefined][] = [];
  for (const request of requests) faults.push([request.key, await intercept(request)]);
  return faults;
}

const keys = (count: number): InterceptedRequest[] =>
  Array.from({ length: count }, (_, index) => ({ ...COPY, key: `key-${index}` }));

const ofKey = (faults: readonly (readonly [string, unknown])[], key: string) =>
  faults.filter(([of]) => of === key).map(([, fault]) => fault);

describe("chaos", () => {
  test("plays the same faults for the same seed, whatever the order of calls on other keys", async () => {
    const requests = [...keys(50), ...keys(50), ...keys(50)];
    const rates = { "slow-down": 0.2, "reset-after": 0.2 };
    const forwards = await played(7, requests, rates);
    const backwards = await played(7, requests.toReversed(), rates);
    for (const { key } of keys(50)) expect(ofKey(backwards, key)).toEqual(ofKey(forwards, key));
  });

  test("plays other faults for another seed, for another operation, and for the next call", async () => {
    const rates = { "slow-down": 0.5 };
    const one = await played(1, keys(64), rates);
    expect(await played(2, keys(64), rates)).not.toEqual(one);
    const heads = keys(64).map((request) => ({ ...request, operation: "HeadObject" }));
    expect(await played(1, heads, rates)).not.toEqual(one);
    const twice = await played(1, [...keys(64), ...keys(64)], rates);
    expect(twice.slice(0, 64)).toEqual(one);
    expect(twice.slice(64)).not.toEqual(one);
  });

  test.each(NAMES)("plays %s about as often as configured, and nothing else", async (name) => {
    const seen: ChaosFault[] = [];
    const intercept = chaos({ seed: 1, rates: { [name]: 0.1 }, onFault: (fault) => seen.push(fault) });
    for (const request of keys(2000)) await intercept(request);
    expect(new Set(seen)).toEqual(new Set([name]));
    expect(seen.length).toBeGreaterThan(140);
    expect(seen.length).toBeLessThan(260);
  });

  test("plays every fault by default, and spares most requests", async () => {
    const seen: ChaosFault[] = [];
    const intercept = chaos({ seed: 1, onFault: (fault) => seen.push(fault) });
    for (const request of keys(2000)) await intercept(request);
    expect(new Set(seen)).toEqual(new Set(NAMES));
    expect(seen.length).toBeLessThan(300);
  });

  test("sends an error in a 200, or a conflict, only if S3 would", async () => {
    const heads = keys(300).map((request) => ({ ...request, operation: "HeadObject", method: "HEAD" }));
    for (const name of ["error-in-success", "conflict"] as const) {
      expect((await played(1, heads, { [name]: 1 })).filter(([, fault]) => fault !== undefined)).toEqual([]);
      expect((await played(1, keys(3), { [name]: 1 })).filter(([, fault]) => fault === undefined)).toEqual([]);
    }
  });

  test.each([
    [{ conflict: 1.1 }],
    [{ conflict: -0.1 }],
    [{ conflict: 0.6, "slow-down": 0.6 }],
    [{ conflict: Number.NaN }],
  ])("rejects invalid rates: %j", (rates) => expect(() => chaos({ seed: 1, rates })).toThrow(RangeError));

  test.each([
    ["expired-token", 400, "ExpiredToken"],
    ["clock-skew", 403, "RequestTimeTooSkewed"],
    ["slow-down", 503, "SlowDown"],
  ] as const)("answers HEAD under %s with a bare %i, and GET with %s", async (name, status, code) => {
    const intercept = chaos({ seed: 1, rates: { [name]: 1 } });
    const { sandbox } = await start({ intercept: (request) => (request.key === "" ? undefined : intercept(request)) });
    const head = await sendSigned(sandbox, { method: "HEAD", path: "/bucket/k" });
    expect([head.status, head.body]).toEqual([status, ""]);
    const get = await sendSigned(sandbox, { path: "/bucket/k" });
    expect([get.status, codeOf(get)]).toEqual([status, code]);
  });
});

/** A sandbox whose next GetObject or PutObject meets the fault, once. */
async function startWith(operation: string, fault: Fault) {
  const seen: InterceptedRequest[] = [];
  let armed = false;
  const started = await start({
    intercept: (request) => {
      seen.push(request);
      const hit = armed && request.operation === operation;
      armed = armed && !hit;
      return hit ? fault : undefined;
    },
  });
  await put(started.s3, "k", "0123456789");
  armed = true;
  const get = async () => {
    const got = await started.s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "k" }));
    return got.Body?.transformToString();
  };
  return { ...started, seen, get };
}

test("a fault replaces the operation once, and the next request is served", async () => {
  const { get, seen } = await startWith("GetObject", { kind: "error", status: 503, code: "SlowDown" });
  await expect(get()).rejects.toMatchObject({ name: "SlowDown", $metadata: { httpStatusCode: 503 } });
  expect(await get()).toBe("0123456789");
  expect(seen.at(-1)).toEqual({ operation: "GetObject", bucket: "bucket", key: "k", method: "GET" });
});

test("a reset request is not carried out", async () => {
  const { s3, get } = await startWith("PutObject", { kind: "reset" });
  await expect(put(s3, "k", "changed")).rejects.toThrow();
  expect(await get()).toBe("0123456789");
});

test("a request reset after it was carried out gets no response, but takes effect", async () => {
  const { s3, get } = await startWith("PutObject", { kind: "reset-after" });
  await expect(put(s3, "k", "changed")).rejects.toThrow();
  expect(await get()).toBe("changed");
});

test("a truncated response ends before its length, and the reader notices", async () => {
  const { get } = await startWith("GetObject", { kind: "truncate", bytes: 4 });
  await expect(get()).rejects.toThrow();
  expect(await get()).toBe("0123456789");
});

test("a halved response ends in the middle of its body, whether a stream or a document", async () => {
  const halved = await startWith("GetObject", { kind: "halve" });
  const path = "/bucket/k";
  await expect(sendSigned(halved.sandbox, { path })).rejects.toThrow();
  expect((await sendSigned(halved.sandbox, { path })).body).toBe("0123456789");
  const listed = await startWith("ListObjectsV2", { kind: "halve" });
  await expect(sendSigned(listed.sandbox, { path: "/bucket?list-type=2" })).rejects.toThrow();
  expect((await sendSigned(listed.sandbox, { path: "/bucket?list-type=2" })).body).toContain("<Key>k</Key>");
});

test("a halved response without a body is complete", async () => {
  const { sandbox } = await startWith("HeadObject", { kind: "halve" });
  expect((await sendSigned(sandbox, { method: "HEAD", path: "/bucket/k" })).status).toBe(200);
});

test("a delayed request takes at least that long and is carried out", async () => {
  const { get } = await startWith("GetObject", { kind: "delay", ms: 120 });
  const begun = performance.now();
  expect(await get()).toBe("0123456789");
  expect(performance.now() - begun).toBeGreaterThanOrEqual(115);
});

test("an error with status 200 is sent as an error document, like a late failure of S3", async () => {
  const { sandbox, get } = await startWith("CopyObject", { kind: "error", status: 200, code: "InternalError" });
  const headers = { "x-amz-copy-source": "/bucket/k", "x-amz-server-side-encryption": "AES256" };
  const copy = () => sendSigned(sandbox, { method: "PUT", path: "/bucket/k", headers });
  const failed = await copy();
  expect([failed.status, codeOf(failed)]).toEqual([200, "InternalError"]);
  expect((await copy()).body).toContain("CopyObjectResult");
  expect(await get()).toBe("0123456789");
});

test("calls are counted by operation until they are reset", async () => {
  const { sandbox, s3 } = await start();
  await put(s3, "a");
  await put(s3, "b");
  expect(sandbox.calls).toEqual({ CreateBucket: 1, PutObject: 2 });
  sandbox.resetCalls();
  expect(sandbox.calls).toEqual({});
});
