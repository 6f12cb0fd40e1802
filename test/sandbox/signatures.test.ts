import { createHash } from "node:crypto";
import { sign } from "aws4";
import { expect, test } from "vitest";
import { put, start } from "./client.js";
import { codeOf, sendChunked, sendRaw, sendSigned } from "./signed-requests.js";

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
