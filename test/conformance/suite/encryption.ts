import { createHash, randomBytes } from "node:crypto";
import {
  CopyObjectCommand,
  DeleteBucketEncryptionCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { type Check, copySource, refusal } from "../target.js";

function customerKey() {
  const key = randomBytes(32);
  return {
    SSECustomerAlgorithm: "AES256",
    SSECustomerKey: key.toString("base64"),
    SSECustomerKeyMD5: createHash("md5").update(key).digest("base64"),
  };
}

const AES256 = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } }],
};

async function stateOf(s3: S3Client, Bucket: string, Key: string): Promise<string | undefined> {
  return (await s3.send(new HeadObjectCommand({ Bucket, Key }))).ServerSideEncryption;
}

export function checkEncryption(check: Check): void {
  check("an object put with SSE-S3 says AES256 on PUT, HEAD and GET", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const put = await s3.send(
      new PutObjectCommand({ Bucket, Key: "k", Body: "secret", ServerSideEncryption: "AES256" }),
    );
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "k" }));
    expect([put.ServerSideEncryption, await stateOf(s3, Bucket, "k"), got.ServerSideEncryption]).toEqual(
      Array(3).fill("AES256"),
    );
    expect(await got.Body?.transformToString()).toBe("secret");
  });

  check("an object put without headers in a bucket without a default says nothing", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "open" }));
    expect(await stateOf(s3, Bucket, "k")).toBeUndefined();
  });

  check("GetBucketEncryption is 404 before a default is set, tells it after, 404 once deleted", async (target) => {
    const { s3 } = target;
    const Bucket = await target.newBucket();
    const get = () => s3.send(new GetBucketEncryptionCommand({ Bucket }));
    const unset = { code: "ServerSideEncryptionConfigurationNotFoundError", status: 404 };
    expect(await refusal(get())).toEqual(unset);
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: AES256 }));
    const [rule] = (await get()).ServerSideEncryptionConfiguration?.Rules ?? [];
    expect(rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe("AES256");
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    expect(await refusal(get())).toEqual(unset);
  });

  check("a default encrypts what is put and copied after it, and nothing from before", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "before", Body: "x" }));
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: AES256 }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "after", Body: "x" }));
    await s3.send(new CopyObjectCommand({ Bucket, Key: "copied", CopySource: copySource(Bucket, "before") }));
    expect(await stateOf(s3, Bucket, "before")).toBeUndefined();
    expect(await stateOf(s3, Bucket, "after")).toBe("AES256");
    expect(await stateOf(s3, Bucket, "copied")).toBe("AES256");
  });

  check("an SSE-C object is read with its key alone", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const key = customerKey();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "mine", ...key }));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "k", ...key }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "k", ...key }));
    expect([head.SSECustomerAlgorithm, head.SSECustomerKeyMD5]).toEqual(["AES256", key.SSECustomerKeyMD5]);
    expect(head.ServerSideEncryption).toBeUndefined();
    expect(await got.Body?.transformToString()).toBe("mine");
  });

  check("an SSE-C object without its key is 400 to GET and to HEAD", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "mine", ...customerKey() }));
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: "k" })))).toEqual({
      code: "InvalidRequest",
      status: 400,
    });
    expect((await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: "k" })))).status).toBe(400);
  });

  check("an SSE-C object with another key is refused", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "mine", ...customerKey() }));
    const { status } = await refusal(s3.send(new GetObjectCommand({ Bucket, Key: "k", ...customerKey() })));
    expect([400, 403]).toContain(status);
  });

  check("SSE-C headers for an object that is not SSE-C are 400", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: "plain", Body: "x" }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "sse", Body: "x", ServerSideEncryption: "AES256" }));
    for (const Key of ["plain", "sse"]) {
      const head = s3.send(new HeadObjectCommand({ Bucket, Key, ...customerKey() }));
      expect((await refusal(head)).status).toBe(400);
    }
  });

  check("a customer key whose MD5 is that of something else is 400 and stores nothing", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const command = new PutObjectCommand({ Bucket, Key: "k", Body: "x", ...customerKey() });
    // The SDK computes the MD5 itself, so it is changed after that.
    command.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        headers["x-amz-server-side-encryption-customer-key-md5"] = customerKey().SSECustomerKeyMD5;
        return next(args);
      },
      { step: "build", priority: "low" },
    );
    expect(await refusal(s3.send(command))).toEqual({ code: "InvalidArgument", status: 400 });
    expect((await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: "k" })))).status).toBe(404);
  });

  check("an SSE-C object is deleted without its key", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const key = customerKey();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "mine", ...key }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    expect((await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: "k", ...key })))).status).toBe(404);
  });

  check("an SSE-C object is copied to SSE-S3 with its key, and not without", async ({ s3, newBucket }) => {
    const Bucket = await newBucket();
    const key = customerKey();
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "mine", ...key }));
    const copy = { Bucket, Key: "to", CopySource: copySource(Bucket, "k"), ServerSideEncryption: "AES256" as const };
    expect((await refusal(s3.send(new CopyObjectCommand(copy)))).status).toBe(400);
    await s3.send(
      new CopyObjectCommand({
        ...copy,
        CopySourceSSECustomerAlgorithm: "AES256",
        CopySourceSSECustomerKey: key.SSECustomerKey,
        CopySourceSSECustomerKeyMD5: key.SSECustomerKeyMD5,
      }),
    );
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "to" }));
    expect([await got.Body?.transformToString(), got.ServerSideEncryption]).toEqual(["mine", "AES256"]);
  });
}
