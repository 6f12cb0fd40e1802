import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { test } from "vitest";

interface TargetOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** A server that the suite runs on. */
export interface Target {
  readonly s3: S3Client;
  readonly endpoint: string;
  newBucket(kind?: BucketKind): Promise<string>;
  /** Removes every bucket that `newBucket` made, with all versions in them. */
  clean(): Promise<void>;
}

type BucketKind = "plain" | "versioned" | "locked";

/** The suite's `test`, which leaves out by name what the server is known to do otherwise. */
export type Check = (title: string, run: (target: Target) => Promise<void>) => void;

export function connect({ endpoint, region, credentials }: TargetOptions): Target {
  const s3 = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const made: string[] = [];
  return {
    s3,
    endpoint,
    newBucket: async (kind = "plain") => {
      const name = `bucketseal-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
      await s3.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: kind === "locked" }));
      made.push(name);
      if (kind === "versioned") {
        await enableVersioning(s3, name);
      }
      return name;
    },
    clean: async () => {
      for (const name of made) {
        await removeBucket(s3, name);
      }
      s3.destroy();
    },
  };
}

export async function enableVersioning(s3: S3Client, Bucket: string): Promise<void> {
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
}

async function removeBucket(s3: S3Client, Bucket: string): Promise<void> {
  const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  for (const { Key, VersionId } of [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? [])]) {
    await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention: true }));
  }
  await s3.send(new DeleteBucketCommand({ Bucket }));
}

/** `differences` names the tests to leave out, each with its reason, which is shown. */
export function checkOn(target: () => Target, differences: Readonly<Record<string, string>>): Check {
  return (title, run) => {
    const reason = differences[title];
    if (reason === undefined) {
      test(title, () => run(target()));
    } else {
      test.skip(`${title} [differs: ${reason}]`, () => undefined);
    }
  };
}

export interface Refusal {
  readonly code: string;
  readonly status: number | undefined;
}

/** The error that a call was refused with; throws if it was not. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return { code: name, status: $metadata?.httpStatusCode };
  }
  throw new Error("the call was expected to be refused, and was not");
}

export function copySource(bucket: string, key: string, versionId?: string): string {
  const path = `${bucket}/${encodeURIComponent(key).replaceAll("%2F", "/")}`;
  return versionId === undefined ? path : `${path}?versionId=${versionId}`;
}

const NO_SSE_C = "moto takes SSE-C headers and ignores them: the object is stored and served without a key";
const NO_SOURCE_CONDITIONS = "moto ignores the conditions on the source of a copy";

/** Tests of the suite that moto_server 5.2.1 does not pass, by title, with what it does instead. */
export const MOTO_DIFFERENCES: Readonly<Record<string, string>> = {
  'the key number 13, "newline\\nreturn\\rend", is put, listed, read and deleted':
    "a line break in a key is a 404 of the web framework beneath moto",
  "a key of 1,025 bytes is refused and not stored, under whichever code":
    "moto measures keys in characters, not in bytes",
  "a body that does not have its Content-MD5 is refused and not stored": "moto does not check Content-MD5",
  "a checksum is kept and given back when asked for, and a wrong one is refused": "moto keeps any checksum it is sent",
  "an SSE-C object is read with its key alone": NO_SSE_C,
  "an SSE-C object without its key is 400 to GET and to HEAD": NO_SSE_C,
  "an SSE-C object with another key is refused": NO_SSE_C,
  "SSE-C headers for an object that is not SSE-C are 400": NO_SSE_C,
  "a customer key whose MD5 is that of something else is 400 and stores nothing": NO_SSE_C,
  "an SSE-C object is copied to SSE-S3 with its key, and not without": NO_SSE_C,
  "a single copy resets storage class and website redirect": "moto carries the website redirect of the source over",
  "a copy with a wrong source ETag is 412 and changes nothing": NO_SOURCE_CONDITIONS,
  "the other conditions on the source of a copy are followed": NO_SOURCE_CONDITIONS,
  "a part copied with a wrong source ETag is 412": NO_SOURCE_CONDITIONS,
  "a copy with If-Match on its destination replaces that object alone": "moto ignores If-Match on CopyObject",
  "complete with a wrong If-Match is 412 and leaves the object": "moto ignores If-Match on CompleteMultipartUpload",
  "a multipart object has the ETag of its parts, and parts that HEAD and GET find":
    "HEAD with PartNumber tells the ETag of the part, where S3 tells that of the object",
  "parts out of order, or with another ETag, are refused": "moto looks at the sizes of parts before their order",
  "a part copied from beyond the end of its source is refused": "moto copies what there is of the range",
  "uploads and parts are listed until the upload is aborted": "a part for an aborted upload is a 500",
  "what was there before versioning is the null version, and suspension replaces it alone":
    "under suspension moto forgets every version but the newest",
  "a delete under suspension puts a null marker in the place of the null version":
    "under suspension moto forgets every version but the newest",
  "a retention is told by HEAD and by GetObjectRetention": "the XML of GetObjectRetention is not well-formed",
  "a copy does not carry the lock of its source, unless it is sent again":
    "moto wants a checksum on CopyObject, which has no body",
  "an ACL that was read can be written as it was read": "moto drops the grant to a group from an ACL written as XML",
};
