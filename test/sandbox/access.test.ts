import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketPolicyCommand,
  GetBucketAclCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Behaviour, DEFAULT_CREDENTIALS, type SandboxUser } from "../../sandbox/index.js";
import { clientOf, codeOf, put, sendRaw, sendSigned, start, stateOf } from "./client.js";

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

async function startWith(deny: readonly string[]) {
  const limited: SandboxUser = { accessKeyId: "LIMITED", secretAccessKey: "limited-secret", deny };
  const started = await start({ credentials: [DEFAULT_CREDENTIALS, limited] });
  const client = clientOf(started.sandbox, limited);
  onTestFinished(() => client.destroy());
  await put(started.s3, "k");
  return { ...started, limited: client };
}

const selfCopy = new CopyObjectCommand({
  Bucket: "bucket",
  Key: "k",
  CopySource: "bucket/k",
  ServerSideEncryption: "AES256",
});

test("a user is refused a denied action by name, and nothing else", async () => {
  const { limited } = await startWith(["s3:PutObject"]);
  const write = limited.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "y" }));
  await expect(write).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
  await expect(write).rejects.toThrow("not authorized to perform: s3:PutObject");
  expect((await limited.send(new GetObjectCommand({ Bucket: "bucket", Key: "k" }))).ContentLength).toBe(1);
});

test("another user of the same sandbox is not refused", async () => {
  const { s3 } = await startWith(["s3:*"]);
  expect(await put(s3, "k", "y")).toBeDefined();
});

test("a copy requires the rights to read its source and tags, and to write", async () => {
  for (const action of ["s3:GetObject", "s3:GetObjectTagging", "s3:PutObject"]) {
    const { limited, s3 } = await startWith([action]);
    await expect(limited.send(selfCopy)).rejects.toThrow(action);
    expect(await stateOf(s3, "k")).toBeUndefined();
  }
  const { limited, s3 } = await startWith(["s3:PutObjectAcl", "s3:GetObjectVersion"]);
  await limited.send(selfCopy);
  expect(await stateOf(s3, "k")).toBe("AES256");
});

test("a wildcard denies every action that begins with its prefix", async () => {
  const { limited } = await startWith(["s3:List*"]);
  await expect(limited.send(new ListObjectsV2Command({ Bucket: "bucket" }))).rejects.toThrow("s3:ListBucket");
  expect(await put(limited, "k2")).toBeDefined();
});

const policy = (...statements: readonly object[]) =>
  JSON.stringify({ Statement: statements.map((each) => ({ Effect: "Allow", ...each })) });

async function startWithPolicy(behaviour: Partial<Behaviour>, text: string) {
  const limited: SandboxUser = { accessKeyId: "LIMITED", secretAccessKey: "limited-secret", policy: text };
  const started = await start({ credentials: [DEFAULT_CREDENTIALS, limited], behaviour });
  const client = clientOf(started.sandbox, limited);
  onTestFinished(() => client.destroy());
  await put(started.s3, "mine/k");
  await put(started.s3, "k");
  return client;
}

const get = (Key: string, VersionId?: string) => new GetObjectCommand({ Bucket: "bucket", Key, VersionId });

test("a user policy allows only its actions on its resources", async () => {
  const limited = await startWithPolicy(
    {},
    policy(
      { Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::bucket/mine/*"] },
      { Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::bucket"] },
      { Effect: "Deny", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/mine/secret" },
    ),
  );
  expect((await limited.send(get("mine/k"))).ContentLength).toBe(1);
  expect((await limited.send(new ListObjectsV2Command({ Bucket: "bucket" }))).KeyCount).toBe(2);
  for (const refused of [get("k"), get("mine/secret")]) {
    await expect(limited.send(refused)).rejects.toThrow("s3:GetObject because no identity-based policy allows it");
  }
  await expect(put(limited, "mine/k")).rejects.toThrow("s3:PutObject");
  await expect(limited.send(new CreateBucketCommand({ Bucket: "new-bucket" }))).rejects.toThrow("s3:CreateBucket");
});

test("reading a version requires its own action, or the object's if the store has no other", async () => {
  const text = policy({ Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/*" });
  const own = await startWithPolicy({ versionActions: "own" }, text);
  await expect(own.send(get("k", "null"))).rejects.toThrow("s3:GetObjectVersion");
  const ofObject = await startWithPolicy({ versionActions: "of-object" }, text);
  expect((await ofObject.send(get("k", "null"))).ContentLength).toBe(1);
});

async function twoUsers(objectAclDecides: boolean, allow: readonly string[] = []) {
  const bobs = { ...BOB, allow };
  const { sandbox, s3: alice } = await start({ credentials: [ALICE, bobs], behaviour: { objectAclDecides } });
  const bob = clientOf(sandbox, bobs);
  onTestFinished(() => bob.destroy());
  await put(alice, "hers");
  const on = { Bucket: "bucket", Key: "hers" };
  const asks = async (user: typeof bob) => {
    const calls = [
      new GetObjectCommand(on),
      new GetObjectAclCommand(on),
      new PutObjectAclCommand({ ...on, ACL: "private" }),
    ];
    const answers = [];
    for (const call of calls) {
      answers.push(
        await user.send(call as GetObjectCommand).then(
          () => "done",
          (error: Error) => error.name,
        ),
      );
    }
    return answers;
  };
  return { alice, bob, asks, on };
}

test("an object belongs to its writer, in its ACL and in listings", async () => {
  const { alice, bob, on } = await twoUsers(false);
  await put(bob, "his");
  const { Owner, Grants } = await alice.send(new GetObjectAclCommand(on));
  expect([Owner?.ID, Grants?.map(({ Grantee }) => Grantee?.ID)]).toEqual(["alice", ["alice"]]);
  const { Contents } = await bob.send(new ListObjectsV2Command({ Bucket: "bucket", FetchOwner: true }));
  expect(Contents?.map(({ Owner: owner }) => owner?.ID)).toEqual(["alice", "bob"]);
  expect((await bob.send(new CreateMultipartUploadCommand(on))).UploadId).toBeDefined();
});

test("object ACLs refuse another user without a grant, but only if they are enforced", async () => {
  const decides = await twoUsers(true);
  expect(await decides.asks(decides.bob)).toEqual(["AccessDenied", "AccessDenied", "AccessDenied"]);
  expect(await decides.asks(decides.alice)).toEqual(["done", "done", "done"]);
  const asEver = await twoUsers(false);
  expect(await asEver.asks(asEver.bob)).toEqual(["done", "done", "done"]);
});

test("a grant or a policy allows another user exactly its actions", async () => {
  const granted = await twoUsers(true);
  await granted.alice.send(new PutObjectCommand({ ...granted.on, Body: "x", GrantRead: 'id="bob"' }));
  expect(await granted.asks(granted.bob)).toEqual(["done", "AccessDenied", "AccessDenied"]);
  // An owner that its list leaves out may see to the list alone.
  expect((await granted.asks(granted.alice)).slice(0, 2)).toEqual(["AccessDenied", "done"]);
  const allowed = await twoUsers(true, ["s3:GetObject*"]);
  expect(await allowed.asks(allowed.bob)).toEqual(["done", "done", "AccessDenied"]);
});

describe("a bucket with Object Ownership BucketOwnerEnforced", () => {
  const own = (s3: S3Client, ObjectOwnership: "BucketOwnerEnforced" | "ObjectWriter") =>
    s3.send(
      new PutBucketOwnershipControlsCommand({ Bucket: "bucket", OwnershipControls: { Rules: [{ ObjectOwnership }] } }),
    );
  const K = { Bucket: "bucket", Key: "k" };
  const acl = async (s3: S3Client, command = new GetObjectAclCommand(K)) => {
    const { Owner, Grants = [] } = await s3.send(command);
    return [Owner?.ID, ...Grants.map(({ Grantee, Permission }) => `${Permission} ${Grantee?.ID ?? Grantee?.URI}`)];
  };

  test("answers that its owner alone has access, and applies no list until lists are enabled again", async () => {
    const { sandbox, alice } = await twoAccounts();
    await alice.send(new PutObjectCommand({ ...K, Body: "x", ACL: "public-read" }));
    const before = await acl(alice);
    const readers = async () => (await sendRaw(sandbox, "GET", "/bucket/k", {})).status;
    expect(await readers()).toBe(200);
    await own(alice, "BucketOwnerEnforced");
    expect(await acl(alice)).toEqual(["alice", "FULL_CONTROL alice"]);
    expect(await alice.send(new GetBucketAclCommand({ Bucket: "bucket" }))).toMatchObject({ Owner: { ID: "alice" } });
    expect(await readers()).toBe(403);
    await own(alice, "ObjectWriter");
    expect(await acl(alice)).toEqual(before);
    expect(await readers()).toBe(200);
  });

  test("refuses every list but its owner's, and owns what others write", async () => {
    const { alice, bob } = await twoAccounts();
    await own(alice, "BucketOwnerEnforced");
    const putting = (more: object) => outcome(alice.send(new PutObjectCommand({ ...K, Body: "x", ...more })));
    const refused = "AccessControlListNotSupported";
    expect(await putting({})).toBe("done");
    expect(await putting({ ACL: "bucket-owner-full-control" })).toBe("done");
    expect(await putting({ GrantFullControl: 'id="alice"' })).toBe("done");
    expect(await putting({ ACL: "public-read" })).toBe(refused);
    expect(await putting({ ACL: "private" })).toBe(refused);
    expect(await putting({ GrantRead: 'id="bob"' })).toBe(refused);
    const copy = { ...K, CopySource: "bucket/k", ServerSideEncryption: "AES256" as const };
    expect(await outcome(alice.send(new CopyObjectCommand({ ...copy, GrantRead: 'id="bob"' })))).toBe(refused);
    expect(await outcome(alice.send(new CreateMultipartUploadCommand({ ...K, ACL: "public-read" })))).toBe(refused);
    expect(await outcome(alice.send(new PutObjectAclCommand({ ...K, ACL: "public-read" })))).toBe(refused);
    expect(await outcome(alice.send(new PutBucketAclCommand({ Bucket: "bucket", ACL: "private" })))).toBe(refused);
    await setPolicy(alice, statement("s3:PutObject", "bucket/*"));
    await bob.send(new PutObjectCommand({ ...K, Body: "of Bob" }));
    expect(await acl(alice)).toEqual(["alice", "FULL_CONTROL alice"]);
  });
});
