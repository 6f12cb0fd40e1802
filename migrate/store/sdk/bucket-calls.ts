import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  PutBucketEncryptionCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { BucketInput, ObjectStore } from "../object-store.js";
import { sendCommand } from "./send-command.js";

type BucketCalls = Pick<
  ObjectStore,
  | "listBuckets"
  | "getBucketEncryption"
  | "putBucketEncryption"
  | "getBucketVersioning"
  | "getObjectLockConfiguration"
  | "getBucketLifecycle"
  | "getBucketReplication"
  | "listMultipartUploads"
>;

export function bucketCalls(client: S3Client): BucketCalls {
  return {
    listBuckets: () => listBuckets(client),
    getBucketEncryption: (input) => getBucketEncryption(client, input),
    putBucketEncryption: (input) => putBucketEncryption(client, input),
    getBucketVersioning: async ({ bucket }) => {
      const command = new GetBucketVersioningCommand({ Bucket: bucket });
      return (await sendCommand(client, "getBucketVersioning", command)).output.Status ?? null;
    },
    getObjectLockConfiguration: async ({ bucket }) => {
      const command = new GetObjectLockConfigurationCommand({ Bucket: bucket });
      const { output } = await sendCommand(client, "getObjectLockConfiguration", command);
      const configuration = output.ObjectLockConfiguration;
      return {
        enabled: configuration?.ObjectLockEnabled === "Enabled",
        locksByDefault: configuration?.Rule?.DefaultRetention !== undefined,
      };
    },
    getBucketLifecycle: async ({ bucket }) => {
      const command = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket });
      return { rules: (await sendCommand(client, "getBucketLifecycle", command)).output.Rules?.length ?? 0 };
    },
    getBucketReplication: async ({ bucket }) => {
      const command = new GetBucketReplicationCommand({ Bucket: bucket });
      const { output } = await sendCommand(client, "getBucketReplication", command);
      return { rules: output.ReplicationConfiguration?.Rules?.length ?? 0 };
    },
    listMultipartUploads: (input) => listMultipartUploads(client, input),
  };
}

async function listBuckets(client: S3Client): Promise<readonly string[]> {
  const names: string[] = [];
  let token: string | undefined;
  do {
    const command = new ListBucketsCommand({ ContinuationToken: token });
    const { output } = await sendCommand(client, "listBuckets", command);
    names.push(...(output.Buckets ?? []).flatMap(({ Name }) => Name ?? []));
    token = output.ContinuationToken;
  } while (token);
  return names;
}

async function getBucketEncryption(client: S3Client, { bucket }: BucketInput): Promise<readonly string[]> {
  const command = new GetBucketEncryptionCommand({ Bucket: bucket });
  const { output } = await sendCommand(client, "getBucketEncryption", command);
  const rules = output.ServerSideEncryptionConfiguration?.Rules ?? [];
  return rules.flatMap((rule) => rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? []);
}

async function putBucketEncryption(client: S3Client, { bucket }: BucketInput): Promise<void> {
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } };
  const command = new PutBucketEncryptionCommand({
    Bucket: bucket,
    ServerSideEncryptionConfiguration: { Rules: [rule] },
  });
  await sendCommand(client, "putBucketEncryption", command);
}

async function listMultipartUploads(client: S3Client, { bucket, prefix }: BucketInput & { prefix: string }) {
  let open = 0;
  let keyMarker: string | undefined;
  let uploadIdMarker: string | undefined;
  do {
    const command = new ListMultipartUploadsCommand({
      Bucket: bucket,
      Prefix: prefix,
      KeyMarker: keyMarker,
      UploadIdMarker: uploadIdMarker,
    });
    const { output } = await sendCommand(client, "listMultipartUploads", command);
    open += output.Uploads?.length ?? 0;
    keyMarker = output.IsTruncated ? output.NextKeyMarker : undefined;
    uploadIdMarker = output.IsTruncated ? output.NextUploadIdMarker : undefined;
  } while (keyMarker !== undefined);
  return { open };
}
