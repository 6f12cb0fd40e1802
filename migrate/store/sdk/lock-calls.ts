import {
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { ObjectInput, ObjectStore } from "../object-store.js";
import { sendCommand } from "./send-command.js";

type LockCalls = Pick<ObjectStore, "getObjectRetention" | "getObjectLegalHold" | "clearObjectRetention">;

export function lockCalls(client: S3Client): LockCalls {
  return {
    getObjectRetention: async (input) => {
      await sendCommand(client, "getObjectRetention", new GetObjectRetentionCommand(addressOf(input)));
    },
    getObjectLegalHold: async (input) => {
      await sendCommand(client, "getObjectLegalHold", new GetObjectLegalHoldCommand(addressOf(input)));
    },
    clearObjectRetention: async (input) => {
      const command = new PutObjectRetentionCommand({ ...addressOf(input), Retention: {} });
      await sendCommand(client, "clearObjectRetention", command);
    },
  };
}

function addressOf({ bucket, key, versionId }: ObjectInput) {
  return { Bucket: bucket, Key: key, VersionId: versionId };
}
