import {
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  type ObjectLockRetentionMode,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { ObjectInput, ObjectStore } from "../object-store.js";
import { sendCommand } from "./send-command.js";

type LockCalls = Pick<
  ObjectStore,
  "getObjectRetention" | "getObjectLegalHold" | "putObjectRetention" | "putObjectLegalHold"
>;

export function lockCalls(client: S3Client): LockCalls {
  return {
    getObjectRetention: async (input) => {
      await sendCommand(client, "getObjectRetention", new GetObjectRetentionCommand(addressOf(input)));
    },
    getObjectLegalHold: async (input) => {
      await sendCommand(client, "getObjectLegalHold", new GetObjectLegalHoldCommand(addressOf(input)));
    },
    putObjectRetention: async ({ retention, ...input }) => {
      const Retention = retention === null ? {} : retentionOf(retention);
      const command = new PutObjectRetentionCommand({ ...addressOf(input), Retention });
      await sendCommand(client, "putObjectRetention", command);
    },
    putObjectLegalHold: async (input) => {
      const command = new PutObjectLegalHoldCommand({ ...addressOf(input), LegalHold: { Status: "ON" } });
      await sendCommand(client, "putObjectLegalHold", command);
    },
  };
}

function addressOf({ bucket, key, versionId }: ObjectInput) {
  return { Bucket: bucket, Key: key, VersionId: versionId };
}

function retentionOf({ mode, retainUntil }: { readonly mode: string; readonly retainUntil: string }) {
  return { Mode: mode as ObjectLockRetentionMode, RetainUntilDate: new Date(retainUntil) };
}
