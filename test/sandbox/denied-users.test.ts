import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import { type Behaviour, DEFAULT_CREDENTIALS, type SandboxUser } from "../../sandbox/index.js";
import { clientOf, put, start, stateOf } from "./client.js";

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
