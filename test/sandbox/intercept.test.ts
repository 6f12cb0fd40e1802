import { GetObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { Fault, InterceptedRequest } from "../../sandbox/index.js";
import { put, start } from "./client.js";
import { codeOf, sendSigned } from "./signed-requests.js";

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
