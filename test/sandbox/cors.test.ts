import { type CORSRule, PutBucketCorsCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { put, start } from "./client.js";
import { codeOf, sendRaw, sendSigned } from "./signed-requests.js";

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
