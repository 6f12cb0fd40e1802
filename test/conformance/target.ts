import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { test } from "vitest";

export interface TargetOptions {
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

export type BucketKind = "plain" | "versioned" | "locked";

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

/** The error that a call was refused with; throws where it was not. */
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
