import { BUCKET_SETTINGS } from "../storage/bucket-settings.js";
import type { OperationName } from "./operation-names.js";

/** The S3 name of an operation; the many settings of buckets share three operations here. */
export function operationTitle(operation: OperationName, query: ReadonlyMap<string, string>): string {
  if (!operation.endsWith("BucketSetting")) {
    return operation;
  }
  const parameter = [...query.keys()].find((name) => Object.hasOwn(BUCKET_SETTINGS, name)) ?? "";
  return operation.replace("Setting", BUCKET_SETTINGS[parameter]?.title ?? "");
}
