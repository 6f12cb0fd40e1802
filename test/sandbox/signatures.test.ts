import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { sign } from "aws4";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { decodeAwsChunked } from "../../sandbox/body/aws-chunked.js";
import { codeOf, put, sendChunked, sendRaw, sendSigned, start } from "./client.js";

test("a request signed by another library is accepted, whatever its key and query", async () => {
  const { sandbox } = await start();
  for (const key of ["plain", "a%20b", "a%2Bb", "%C3%A9/../x//y", "%F0%9F%98%80", "q%3Fm%26h%23", "paren(s)!*'"]) {
    const path = `/bucket/${key}`;
    expect(await sendSigned(sandbox, { method: "PUT", path, body: key }), key).toMatchObject({ status: 200 });
    expect(await sendSigned(sandbox, { path }), key).toMatchObject({ status: 200, body: key });
  }
  const listed = await sendSigned(sandbox, { path: "/bucket?list-type=2&prefix=a%2Bb&delimiter=%2F" });
  expect(listed.body).toContain("<Key>a+b</Key>");
});

test("a wrong secret, or a path or query changed after signing, gets SignatureDoesNotMatch", async () => {
  const { sandbox } = await start();
  const answers = [
    await sendSigned(sandbox, { path: "/bucket/k", secretAccessKey: "wrong" }),
    await sendTampered(sandbox, (path) => `${path}2`),
    await sendTampered(sandbox, (path) => `${path}?versionId=1`),
  ];
  expect(answers.map((answer) => [answer.status, codeOf(answer)])).toEqual(
    Array(3).fill([403, "SignatureDoesNotMatch"]),
  );

  async function sendTampered(target: typeof sandbox, change: (path: string) => string) {
    const { host } = new URL(target.endpoint);
    const signed = sign({ service: "s3", region: target.region, host, path: "/bucket/k" }, target.credentials);
    return sendRaw(target, "GET", change("/bucket/k"), signed.headers as Record<string, string>);
  }
});

test("an unknown key, a wrong region and a missing signature get different errors", async () => {
  const { sandbox } = await start();
  const unknown = await sendSigned(sandbox, { path: "/bucket", accessKeyId: "NOBODY" });
  const elsewhere = await sendSigned(sandbox, { path: "/bucket", region: "sbg" });
  const anonymous = await sendRaw(sandbox, "GET", "/bucket", {});
  expect([unknown.status, codeOf(unknown)]).toEqual([403, "InvalidAccessKeyId"]);
  expect([elsewhere.status, codeOf(elsewhere)]).toEqual([400, "AuthorizationHeaderMalformed"]);
  expect(elsewhere.body).toContain("<Region>gra</Region>");
  expect([anonymous.status, codeOf(anonymous)]).toEqual([403, "AccessDenied"]);
});

test("a clock that is 16 minutes off gets RequestTimeTooSkewed, and 14 minutes are accepted", async () => {
  const now = Date.now();
  let offsetMinutes = 0;
  const { sandbox } = await start({ clock: () => new Date(now + offsetMinutes * 60_000) });
  const answers: unknown[] = [];
  for (offsetMinutes of [14, 16, -14, -16]) {
    const answer = await sendSigned(sandbox, { path: "/bucket?location" });
    answers.push(codeOf(answer) ?? answer.status);
  }
  expect(answers).toEqual([200, "RequestTimeTooSkewed", 200, "RequestTimeTooSkewed"]);
});

test("a body that differs from the signed one is refused and not stored", async () => {
  const { sandbox } = await start();
  const sha256 = createHash("sha256").update("signed").digest("hex");
  const headers = { "x-amz-content-sha256": sha256 };
  const answer = await sendSigned(sandbox, { method: "PUT", path: "/bucket/k", headers, body: "others" });
  expect([answer.status, codeOf(answer)]).toEqual([400, "XAmzContentSHA256Mismatch"]);
  expect((await sendSigned(sandbox, { path: "/bucket/k" })).status).toBe(404);
});

test("a presigned URL works until it expires, and fails with a wrong signature", async () => {
  let now = Date.now();
  const { sandbox, s3 } = await start({ clock: () => new Date(now) });
  await put(s3, "k", "hello");
  const presigned = { path: "/bucket/k", expires: 60 };
  expect(await sendSigned(sandbox, presigned)).toMatchObject({ status: 200, body: "hello" });
  const wrong = await sendSigned(sandbox, { ...presigned, secretAccessKey: "wrong" });
  expect(codeOf(wrong)).toBe("SignatureDoesNotMatch");
  now += 62_000;
  const late = await sendSigned(sandbox, presigned);
  expect([late.status, codeOf(late)]).toEqual([403, "AccessDenied"]);
  expect(late.body).toContain("Request has expired");
});

test("an x-amz header that is not signed is refused", async () => {
  const { sandbox } = await start();
  const request = { method: "PUT", path: "/bucket/k", body: "x" };
  const smuggled = await sendSigned(sandbox, { ...request, unsigned: { "x-amz-acl": "public-read" } });
  expect([smuggled.status, codeOf(smuggled)]).toEqual([403, "AccessDenied"]);
  expect(smuggled.body).toContain("<HeadersNotSigned>x-amz-acl</HeadersNotSigned>");
  expect((await sendSigned(sandbox, { ...request, headers: { "x-amz-acl": "public-read" } })).status).toBe(200);
});

test("a body signed in chunks is stored without its chunk headers", async () => {
  const { sandbox } = await start();
  expect((await sendChunked(sandbox, "/bucket/k", ["hello ", "chunked ", "world"])).status).toBe(200);
  const got = await sendSigned(sandbox, { path: "/bucket/k" });
  expect(got.body).toBe("hello chunked world");
  expect(got.headers["content-encoding"]).toBeUndefined();
});

test("a chunk that was changed in transit is refused, and nothing is stored", async () => {
  const { sandbox } = await start();
  const spoilt = await sendChunked(sandbox, "/bucket/k", ["hello ", "world"], (body) => body.replace("world", "wurld"));
  expect([spoilt.status, codeOf(spoilt)]).toEqual([403, "SignatureDoesNotMatch"]);
  expect((await sendSigned(sandbox, { path: "/bucket/k" })).status).toBe(404);
});

async function decode(wire: Buffer, cut: number, trailers = new Map<string, string>()): Promise<string> {
  async function* cutUp(): AsyncIterable<Buffer> {
    for (let at = 0; at < wire.length; at += cut) {
      yield wire.subarray(at, at + cut);
    }
  }
  let text = "";
  for await (const chunk of decodeAwsChunked(cutUp(), trailers, undefined)) {
    text += chunk.toString("latin1");
  }
  return text;
}

test("decodeAwsChunked reassembles chunks wherever the network splits them", async () => {
  const chunk = fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), fc.integer({ min: 1, max: 40 }), async (chunks, cut) => {
      const framed = chunks.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join("");
      const wire = Buffer.from(`${framed}0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n`);
      const trailers = new Map<string, string>();
      expect(await decode(wire, cut, trailers)).toBe(chunks.join(""));
      expect(trailers.get("x-amz-checksum-crc32")).toBe("AAAAAA==");
    }),
  );
});

test("decodeAwsChunked rejects a truncated body and a malformed chunk", async () => {
  await expect(decode(Buffer.from("5\r\nhel"), 100)).rejects.toMatchObject({ code: "IncompleteBody" });
  await expect(decode(Buffer.from("5\r\nhelloXX\r\n0\r\n\r\n"), 100)).rejects.toMatchObject({ code: "InvalidRequest" });
});

test("the sandbox verifies and keeps every checksum in the SDK's upload trailers", async () => {
  const { sandbox } = await start();
  const s3 = new S3Client({
    endpoint: sandbox.endpoint,
    region: sandbox.region,
    credentials: sandbox.credentials,
    forcePathStyle: true,
  });
  onTestFinished(() => s3.destroy());
  for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const) {
    const Body = Readable.from([Buffer.alloc(70_000, "a"), Buffer.alloc(70_000, "b")]);
    const upload = { Bucket: "bucket", Key: ChecksumAlgorithm, Body, ContentLength: 140_000, ChecksumAlgorithm };
    await s3.send(new PutObjectCommand(upload));
    const stored = { Bucket: "bucket", Key: ChecksumAlgorithm, ChecksumMode: "ENABLED" as const };
    const head = await s3.send(new HeadObjectCommand(stored));
    // The SDK verifies the checksum of a body that it reads.
    const got = await s3.send(new GetObjectCommand(stored));
    expect((await got.Body?.transformToByteArray())?.length).toBe(140_000);
    expect(head[`Checksum${ChecksumAlgorithm}`]).toMatch(/=$/);
  }
});
