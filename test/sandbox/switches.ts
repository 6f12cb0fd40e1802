import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import type { Behaviour } from "../../sandbox/index.js";
import { start } from "./client.js";

export const WRONG = '"00000000000000000000000000000000"';

export function selfCopy(s3: S3Client, more: Partial<CopyObjectCommandInput> = {}) {
  const request = { Bucket: "bucket", Key: "k", CopySource: "bucket/k", ServerSideEncryption: "AES256" as const };
  return s3.send(new CopyObjectCommand({ ...request, ...more }));
}

export const head = (s3: S3Client, Key = "k") => s3.send(new HeadObjectCommand({ Bucket: "bucket", Key }));

export function customerKey(letter: string) {
  return { SSECustomerAlgorithm: "AES256", SSECustomerKey: letter.repeat(32) };
}

export async function upload(s3: S3Client, Bodies: readonly string[], key: object = {}) {
  const target = { Bucket: "bucket", Key: "k", ...key };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
  const Parts = [];
  for (const [index, Body] of Bodies.entries()) {
    const part = { ...target, UploadId, PartNumber: index + 1 };
    Parts.push({ PartNumber: index + 1, ETag: (await s3.send(new UploadPartCommand({ ...part, Body }))).ETag });
  }
  return { ...target, UploadId, MultipartUpload: { Parts } };
}

export interface Switched {
  /** The switch with its first value, and with its second. */
  readonly title: string;
  readonly on: Partial<Behaviour>;
  readonly off: Partial<Behaviour>;
  /** The result for a caller; the two must differ as `expected` says. */
  readonly look: (s3: S3Client) => Promise<unknown>;
  readonly expected: { readonly on: unknown; readonly off: unknown };
}

export const code = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "done",
    (error: Error) => error.name,
  );

export const VAULT = "11111111-1111-4111-8111-111111111111";

/** The encryption, key and bucket key of an object put under a KMS key, or the error of the call. */
export async function underKmsKey(s3: S3Client, more: Partial<PutObjectCommandInput> = {}): Promise<unknown> {
  const object = { Bucket: "bucket", Key: "k", Body: "x", ServerSideEncryption: "aws:kms" as const };
  const refused = await code(s3.send(new PutObjectCommand({ ...object, SSEKMSKeyId: VAULT, ...more })));
  if (refused !== "done") return refused;
  const { ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled } = await head(s3);
  return [ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled];
}

/** Looks at each switch in both of its positions. */
export function describeSwitches(switches: readonly Switched[]): void {
  describe.each(switches)("switch: $title", ({ on, off, look, expected }) => {
    test("answers as expected when on", async () => {
      const { s3 } = await start({ behaviour: on });
      expect(await look(s3)).toEqual(expected.on);
    });
    test("answers as expected when off", async () => {
      const { s3 } = await start({ behaviour: off });
      expect(await look(s3)).toEqual(expected.off);
    });
  });
}
