import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketPolicyCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { clientOf, put, start } from "./client.js";
import { codeOf, sendRaw, sendSigned } from "./signed-requests.js";

const ALICE = { accessKeyId: "ALICE", secretAccessKey: "alices", ownerId: "alice" };
const BOB = { accessKeyId: "BOB", secretAccessKey: "bobs", ownerId: "bob" };

/** Alice owns `bucket`; Bob has an account of his own. */
async function twoAccounts() {
  const behaviour = { objectAclDecides: true, bucketAclDecides: true, minPartBytes: 1 };
  const { sandbox, s3: alice } = await start({ credentials: [ALICE, BOB], behaviour });
  const bob = clientOf(sandbox, BOB);
  return { sandbox, alice, bob };
}

const outcome = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "done",
    (error: Error) => error.name,
  );

const statement = (Action: string, Resource: string, more: object = {}) => ({
  Effect: "Allow",
  Principal: { AWS: "*" },
  Action,
  Resource: `arn:aws:s3:::${Resource}`,
  ...more,
});

function setPolicy(s3: S3Client, ...Statement: readonly object[]) {
  return s3.send(new PutBucketPolicyCommand({ Bucket: "bucket", Policy: JSON.stringify({ Statement }) }));
}

describe("a request without a signature", () => {
  test("gets 403 if nothing is public, also with an empty Authorization header", async () => {
    const { sandbox, alice } = await twoAccounts();
    await put(alice, "k");
    const answers = [
      await sendRaw(sandbox, "GET", "/bucket/k", {}),
      await sendRaw(sandbox, "GET", "/bucket/k", { authorization: "" }),
      await sendRaw(sandbox, "PUT", "/bucket/k", { "content-length": "1" }, "y"),
      await sendRaw(sandbox, "PUT", "/other", {}),
      await sendRaw(sandbox, "GET", "/", {}),
    ];
    expect(answers.map((answer) => [answer.status, codeOf(answer)])).toEqual(Array(5).fill([403, "AccessDenied"]));
    expect((await sendSigned(sandbox, { path: "/bucket/k" })).body).toBe("x");
  });

  test("gets only the access that ACLs grant to everybody", async () => {
    const { sandbox, alice } = await twoAccounts();
    await put(alice, "private");
    await alice.send(new PutObjectCommand({ Bucket: "bucket", Key: "public", Body: "all", ACL: "public-read" }));
    await alice.send(new PutBucketAclCommand({ Bucket: "bucket", ACL: "public-read" }));
    expect((await sendRaw(sandbox, "GET", "/bucket/public", {})).body).toBe("all");
    expect((await sendRaw(sandbox, "GET", "/bucket?list-type=2", {})).body).toContain("<Key>private</Key>");
    expect((await sendRaw(sandbox, "GET", "/bucket/private", {})).status).toBe(403);
    expect((await sendRaw(sandbox, "GET", "/bucket/absent", {})).status).toBe(404);
    expect((await sendRaw(sandbox, "DELETE", "/bucket/public", {})).status).toBe(403);
    await alice.send(new PutBucketAclCommand({ Bucket: "bucket", ACL: "public-read-write" }));
    expect((await sendRaw(sandbox, "PUT", "/bucket/theirs", { "content-length": "1" }, "y")).status).toBe(200);
  });
});

test("a presigned URL valid for under a second or for over a week gets 403", async () => {
  const { sandbox, s3 } = await start();
  await put(s3, "k");
  for (const expires of [0, -1000, 604_801]) {
    const answer = await sendSigned(sandbox, { path: "/bucket/k", expires });
    expect([answer.status, codeOf(answer)]).toEqual([403, "AccessDenied"]);
  }
  expect((await sendSigned(sandbox, { path: "/bucket/k", expires: 604_800 })).status).toBe(200);
});

test.each([
  ["AWS garbage", "InvalidArgument"],
  ["Bearer token", "InvalidArgument"],
  ["AWS KEY:c2lnbmF0dXJl", "InvalidRequest"],
  ["AWS4-HMAC-SHA256 nonsense", "AuthorizationHeaderMalformed"],
])("the Authorization header %j is rejected with %s", async (authorization, code) => {
  const { sandbox } = await start();
  const answer = await sendRaw(sandbox, "PUT", "/bucket/k", { authorization, "content-length": "0" });
  expect([answer.status, codeOf(answer)]).toEqual([400, code]);
});

test("an unknown Expect header is ignored", async () => {
  const { sandbox } = await start();
  const request = { method: "PUT", path: "/bucket/k", body: "x" };
  for (const expect_ of ["200", ""]) {
    expect((await sendSigned(sandbox, { ...request, unsigned: { expect: expect_ } })).status).toBe(200);
  }
});

describe("access by bucket ACLs", () => {
  test("shows another account only its own buckets", async () => {
    const { alice, bob } = await twoAccounts();
    await put(alice, "k");
    await bob.send(new CreateBucketCommand({ Bucket: "bobs" }));
    const on = { Bucket: "bucket", Key: "k" };
    const tries = [new ListObjectsV2Command(on), new GetObjectCommand(on), new PutObjectCommand({ ...on, Body: "y" })];
    for (const call of tries) {
      expect(await outcome(bob.send(call as GetObjectCommand))).toBe("AccessDenied");
    }
    expect(await outcome(bob.send(new CreateBucketCommand({ Bucket: "bucket" })))).toBe("BucketAlreadyExists");
    expect((await bob.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual(["bobs"]);
    expect((await alice.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual(["bucket"]);
  });

  test("admits another account by a grant, but requires one on the source of a copy too", async () => {
    const { alice, bob } = await twoAccounts();
    await put(alice, "k");
    await bob.send(new CreateBucketCommand({ Bucket: "bobs" }));
    const copy = new CopyObjectCommand({ Bucket: "bobs", Key: "k", CopySource: "bucket/k" });
    expect(await outcome(bob.send(copy))).toBe("AccessDenied");
    await alice.send(new PutBucketAclCommand({ Bucket: "bucket", GrantRead: 'id="bob"', GrantWrite: 'id="bob"' }));
    expect(await outcome(bob.send(new ListObjectsV2Command({ Bucket: "bucket" })))).toBe("done");
    expect(await outcome(put(bob, "his"))).toBe("done");
    expect(await outcome(bob.send(copy))).toBe("AccessDenied");
    await alice.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x", GrantRead: 'id="bob"' }));
    expect(await outcome(bob.send(copy))).toBe("done");
  });
});

describe("a bucket policy", () => {
  const SSE = "s3:x-amz-server-side-encryption";
  const denies = (Condition: object) => statement("s3:PutObject", "bucket/*", { Effect: "Deny", Condition });

  test("refuses writes by their SSE headers, and parts by the headers of their upload", async () => {
    const { s3 } = await start();
    await setPolicy(s3, denies({ Null: { [SSE]: "true" } }), denies({ StringNotEquals: { [SSE]: "AES256" } }));
    const on = { Bucket: "bucket", Key: "k" };
    const write = (more: object) => outcome(s3.send(new PutObjectCommand({ ...on, Body: "x", ...more })));
    expect(await write({})).toBe("AccessDenied");
    expect(await write({ ServerSideEncryption: "aws:kms" })).toBe("AccessDenied");
    expect(await write({ ServerSideEncryption: "AES256" })).toBe("done");
    const copy = { ...on, CopySource: "bucket/k", MetadataDirective: "REPLACE" as const };
    expect(await outcome(s3.send(new CopyObjectCommand(copy)))).toBe("AccessDenied");
    expect(await outcome(s3.send(new CreateMultipartUploadCommand(on)))).toBe("AccessDenied");
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...on, ServerSideEncryption: "AES256" }));
    expect(await outcome(s3.send(new UploadPartCommand({ ...on, UploadId, PartNumber: 1, Body: "x" })))).toBe("done");
    await s3.send(new DeleteBucketPolicyCommand({ Bucket: "bucket" }));
    expect(await write({})).toBe("done");
  });

  test("requires a customer key", async () => {
    const { s3 } = await start();
    await setPolicy(s3, denies({ Null: { [`${SSE}-customer-algorithm`]: "true" } }));
    const request = { Bucket: "bucket", Key: "k", Body: "x" };
    const key = { SSECustomerAlgorithm: "AES256", SSECustomerKey: "k".repeat(32) };
    expect(await outcome(s3.send(new PutObjectCommand(request)))).toBe("AccessDenied");
    expect(await outcome(s3.send(new PutObjectCommand({ ...request, ...key })))).toBe("done");
  });

  test("allows another account to read depending on the tags of an object", async () => {
    const { alice, bob } = await twoAccounts();
    const Condition = { StringEquals: { "s3:ExistingObjectTag/security": "public" } };
    await setPolicy(alice, statement("s3:GetObject", "bucket/*", { Condition }));
    for (const Value of ["public", "private"]) {
      await put(alice, Value);
      const Tagging = { TagSet: [{ Key: "security", Value }] };
      await alice.send(new PutObjectTaggingCommand({ Bucket: "bucket", Key: Value, Tagging }));
    }
    await put(alice, "untagged");
    const read = (Key: string) => outcome(bob.send(new GetObjectCommand({ Bucket: "bucket", Key })));
    expect([await read("public"), await read("private"), await read("untagged")]).toEqual([
      "done",
      "AccessDenied",
      "AccessDenied",
    ]);
  });

  test("allows the source of a copied part only under its prefix", async () => {
    const { alice, bob } = await twoAccounts();
    await setPolicy(alice, statement("s3:GetObject", "bucket/public/*"));
    await put(alice, "public/k");
    await put(alice, "private/k");
    await bob.send(new CreateBucketCommand({ Bucket: "bobs" }));
    const target = { Bucket: "bobs", Key: "to" };
    const { UploadId } = await bob.send(new CreateMultipartUploadCommand(target));
    const copy = (CopySource: string) =>
      outcome(bob.send(new UploadPartCopyCommand({ ...target, UploadId, PartNumber: 1, CopySource })));
    expect([await copy("bucket/public/k"), await copy("bucket/private/k")]).toEqual(["done", "AccessDenied"]);
  });

  test("returns 404 for a missing key only under a prefix that may be listed, else 403", async () => {
    const { alice, bob } = await twoAccounts();
    await setPolicy(
      alice,
      statement("s3:ListBucket", "bucket", { Condition: { StringLike: { "s3:prefix": "public/*" } } }),
    );
    const status = (Key: string) =>
      bob.send(new HeadObjectCommand({ Bucket: "bucket", Key })).catch((error) => error.$metadata.httpStatusCode);
    expect([await status("public/none"), await status("private/none")]).toEqual([404, 403]);
  });

  test("is rejected as malformed if an Allow has NotPrincipal, or if it is not JSON", async () => {
    const { s3 } = await start();
    const { Principal, ...rest } = statement("s3:GetObject", "bucket/*");
    expect(await outcome(setPolicy(s3, { ...rest, NotPrincipal: Principal }))).toBe("MalformedPolicy");
    const request = { Bucket: "bucket", Policy: "{" };
    expect(await outcome(s3.send(new PutBucketPolicyCommand(request)))).toBe("MalformedPolicy");
  });
});
