import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import {
  type CORSRule,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutBucketCorsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { sign } from "aws4";
import { expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import { codeOf, put, sendRaw, sendSigned, start, stateOf } from "./client.js";

function signedFor(sandbox: Sandbox, host: string, path: string): Record<string, string> {
  const signed = sign({ service: "s3", region: sandbox.region, host, path }, sandbox.credentials);
  return signed.headers as Record<string, string>;
}

test("a bucket is found by its host name as well as by path", async () => {
  const { sandbox, s3 } = await start();
  await put(s3, "dir/../k", "by host");
  const { port } = new URL(sandbox.endpoint);
  for (const host of [`bucket.localhost:${port}`, "bucket.s3.gra.io.cloud.ovh.net"]) {
    const path = "/dir/../k";
    expect((await sendRaw(sandbox, "GET", path, signedFor(sandbox, host, path))).body).toBe("by host");
  }
  const absent = `no-bucket.localhost:${port}`;
  expect(codeOf(await sendRaw(sandbox, "GET", "/k", signedFor(sandbox, absent, "/k")))).toBe("NoSuchBucket");
});

test("every response, including an error, has a request ID of its own", async () => {
  const { sandbox } = await start();
  const answers = [
    await sendSigned(sandbox, { path: "/bucket?list-type=2" }),
    await sendSigned(sandbox, { path: "/bucket/missing" }),
    await sendRaw(sandbox, "GET", "/bucket", {}),
  ];
  const ids = answers.map(({ headers }) => headers["x-amz-request-id"]);
  expect(new Set(ids).size).toBe(3);
  expect(ids).not.toContain(undefined);
});

test("an error to HEAD has a status and no body", async () => {
  const { sandbox } = await start();
  expect(await sendSigned(sandbox, { method: "HEAD", path: "/bucket/missing" })).toMatchObject({
    status: 404,
    body: "",
  });
});

test("a path that is not UTF-8 gets InvalidURI, and an unsupported method gets 405", async () => {
  const { sandbox } = await start();
  expect(codeOf(await sendRaw(sandbox, "GET", "/bucket/%FF", {}))).toBe("InvalidURI");
  expect((await sendSigned(sandbox, { method: "PATCH", path: "/bucket/k" })).status).toBe(405);
});

/** PUTs with `Expect: 100-continue`, and sends the body only after 100 Continue. */
function putExpecting(sandbox: Sandbox, path: string, body: string): Promise<{ status: number; continued: boolean }> {
  const { hostname, port, host } = new URL(sandbox.endpoint);
  const signed = sign({ service: "s3", region: sandbox.region, method: "PUT", host, path, body }, sandbox.credentials);
  const headers = { ...(signed.headers as Record<string, string>), expect: "100-continue" };
  return new Promise((resolve, reject) => {
    let continued = false;
    const request = httpRequest({ hostname, port, method: "PUT", path, headers }, (response) => {
      response.resume();
      response.on("end", () => resolve({ status: response.statusCode ?? 0, continued }));
    });
    request.on("continue", () => {
      continued = true;
      request.end(body);
    });
    request.on("error", reject);
    request.flushHeaders();
  });
}

test("an upload with Expect gets 100 Continue, or its refusal instead", async () => {
  const { sandbox } = await start();
  expect(await putExpecting(sandbox, "/bucket/k", "body")).toEqual({ status: 200, continued: true });
  expect(await putExpecting(sandbox, "/no-such-bucket/k", "body")).toEqual({ status: 404, continued: false });
  expect((await sendSigned(sandbox, { path: "/bucket/k" })).body).toBe("body");
});

test("a body without a length is refused, and one of more than 5 GiB before it is sent", async () => {
  const { sandbox } = await start();
  const unsigned = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  const { host } = new URL(sandbox.endpoint);
  const request = { service: "s3", region: sandbox.region, method: "PUT", host, path: "/bucket/k", headers: unsigned };
  const headers = sign(request, sandbox.credentials).headers as Record<string, string>;
  const chunked = await sendRaw(sandbox, "PUT", "/bucket/k", { ...headers, "transfer-encoding": "chunked" }, "x");
  expect([chunked.status, codeOf(chunked)]).toEqual([411, "MissingContentLength"]);
  const huge = {
    "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "x-amz-decoded-content-length": "5368709121",
  };
  const tooLarge = await sendSigned(sandbox, { method: "PUT", path: "/bucket/k", headers: huge, body: "0\r\n\r\n" });
  expect([tooLarge.status, codeOf(tooLarge)]).toEqual([400, "EntityTooLarge"]);
  expect((await sendSigned(sandbox, { path: "/bucket/k" })).status).toBe(404);
});

test("a request with another expected bucket owner is refused", async () => {
  const { s3 } = await start();
  const head = (ExpectedBucketOwner: string) =>
    s3.send(new HeadBucketCommand({ Bucket: "bucket", ExpectedBucketOwner }));
  await expect(head("111111111111")).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  expect((await head("000000000000")).$metadata.httpStatusCode).toBe(200);
});

test("non-ASCII metadata is returned as an encoded word, and ASCII unchanged", async () => {
  const { sandbox } = await start();
  const headers = { "x-amz-meta-plain": "a b", "x-amz-meta-word": Buffer.from("été").toString("latin1") };
  // Signed over the bytes that go out, which node writes from latin-1 (before a body that is no string).
  const { host } = new URL(sandbox.endpoint);
  const request = { service: "s3", region: sandbox.region, method: "PUT", host, path: "/bucket/k", body: "x" };
  const signed = sign({ ...request, headers: { ...headers, "x-amz-meta-word": "été" } }, sandbox.credentials);
  const sent = { ...(signed.headers as Record<string, string>), "x-amz-meta-word": headers["x-amz-meta-word"] };
  expect(await sendRaw(sandbox, "PUT", "/bucket/k", sent, Buffer.from("x"))).toMatchObject({ status: 200 });
  const head = await sendSigned(sandbox, { method: "HEAD", path: "/bucket/k" });
  expect(head.headers).toMatchObject({ "x-amz-meta-plain": "a b", "x-amz-meta-word": "=?UTF-8?B?w6l0w6k=?=" });
});

test("KMS encryption is reported by the aws profile, and refused by the ovh profile", async () => {
  const kms = { Bucket: "bucket", Key: "k", Body: "x", ServerSideEncryption: "aws:kms" as const };
  const aws = await start({ profile: "aws" });
  await aws.s3.send(new PutObjectCommand(kms));
  expect(await stateOf(aws.s3, "k")).toBe("aws:kms");
  const ovh = await start({ profile: "ovh" });
  await expect(ovh.s3.send(new PutObjectCommand(kms))).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
});

test("startSandbox fails if the port is in use", async () => {
  const { sandbox } = await start();
  const port = Number(new URL(sandbox.endpoint).port);
  await expect(startSandbox({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("concurrent writes to many keys lose nothing with a data folder", { tags: ["slow"] }, async () => {
  const dataDir = await mkdtemp(`${tmpdir()}/bucketseal-sandbox-`);
  try {
    const { s3 } = await start({ dataDir });
    const keys = Array.from({ length: 300 }, (_, index) => `k${index}`);
    await Promise.all(keys.map((key) => put(s3, key, key)));
    const listed = await s3.send(new ListObjectsV2Command({ Bucket: "bucket" }));
    expect(listed.Contents?.map(({ Key }) => Key)).toEqual(keys.toSorted());
  } finally {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
  }
});

const RULES: CORSRule[] = [
  { AllowedMethods: ["GET"], AllowedOrigins: ["https://*.example.com"], AllowedHeaders: ["x-amz-*"] },
  { AllowedMethods: ["PUT"], AllowedOrigins: ["*"], ExposeHeaders: ["etag"], MaxAgeSeconds: 60 },
];
const PAGE = "https://app.example.com";

async function startWithRules() {
  const { sandbox, s3 } = await start();
  await s3.send(new PutBucketCorsCommand({ Bucket: "bucket", CORSConfiguration: { CORSRules: RULES } }));
  await put(s3, "k");
  const preflight = (headers: Record<string, string>) => sendRaw(sandbox, "OPTIONS", "/bucket/k", headers);
  return { sandbox, preflight };
}

test("a preflight is answered by the matching rule, without a signature", async () => {
  const { preflight } = await startWithRules();
  const read = await preflight({
    origin: PAGE,
    "access-control-request-method": "GET",
    "access-control-request-headers": "x-amz-date",
  });
  expect(read).toMatchObject({
    status: 200,
    headers: { "access-control-allow-origin": PAGE, "access-control-allow-methods": "GET" },
  });
  const write = await preflight({ origin: "https://other.org", "access-control-request-method": "PUT" });
  expect(write.headers).toMatchObject({ "access-control-allow-origin": "*", "access-control-max-age": "60" });
});

test.each([
  ["no Origin", {}, 400, "BadRequest"],
  ["no method", { origin: PAGE }, 400, "BadRequest"],
  ["another origin", { origin: "https://other.org", "access-control-request-method": "GET" }, 403, "AccessForbidden"],
  ["another method", { origin: PAGE, "access-control-request-method": "DELETE" }, 403, "AccessForbidden"],
  [
    "another header",
    { origin: PAGE, "access-control-request-method": "GET", "access-control-request-headers": "range" },
    403,
    "AccessForbidden",
  ],
] as const)("a preflight with %s is refused", async (_, headers, status, code) => {
  const { preflight } = await startWithRules();
  const answer = await preflight(headers);
  expect([answer.status, codeOf(answer)]).toEqual([status, code]);
});

test("responses, including errors, carry a CORS header for an allowed origin only", async () => {
  const { sandbox } = await startWithRules();
  const get = (path: string, origin: string) => sendSigned(sandbox, { path, headers: { origin } });
  expect((await get("/bucket/k", PAGE)).headers).toMatchObject({ "access-control-allow-origin": PAGE });
  const missing = await get("/bucket/none", PAGE);
  expect([missing.status, missing.headers["access-control-allow-origin"]]).toEqual([404, PAGE]);
  expect((await get("/bucket/k", "https://other.org")).headers["access-control-allow-origin"]).toBeUndefined();
});
