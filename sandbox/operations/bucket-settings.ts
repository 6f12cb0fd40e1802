import { checkPolicy } from "../auth/bucket-policy.js";
import { readText } from "../body/request-body.js";
import { type Answer, emptyAnswer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { child, children, childText, parseAny, parseXml } from "../http/xml.js";
import { findBucket } from "../objects/find.js";
import type { Bucket } from "../storage/bucket.js";
import { BUCKET_SETTINGS, type BucketSetting } from "../storage/bucket-settings.js";
import { type Call, type Context, requireSupported } from "./operation.js";

const TRANSITION_SIZE = "x-amz-transition-default-minimum-object-size";
const DEFAULT_TRANSITION_SIZE = "all_storage_classes_128K";

interface Named {
  readonly setting: BucketSetting;
  /** The name under which the body is stored. */
  readonly slot: string;
}

/** The setting that a request is about, if this store supports it. */
function nameSetting(call: Call, context: Context): Named {
  const parameter = [...call.query.keys()].find((name) => Object.hasOwn(BUCKET_SETTINGS, name)) ?? "";
  const setting = BUCKET_SETTINGS[parameter];
  if (setting === undefined) {
    throw new S3Error("InvalidRequest");
  }
  requireSupported(context, setting.subResource);
  const id = setting.many ? call.query.get("id") : undefined;
  return { setting, slot: id === undefined ? parameter : `${parameter}/${id}` };
}

export function getBucketSetting(call: Call, context: Context): Answer {
  const bucket = findBucket(context, call.bucket);
  const { setting, slot } = nameSetting(call, context);
  const body = bucket.facts.settings[slot];
  if (body !== undefined) {
    return xmlAnswer(readBack(body, slot, context), settingHeaders(bucket, slot, context));
  }
  if (setting.unset.kind === "error") {
    throw new S3Error(setting.unset.code, { fields: { BucketName: call.bucket } });
  }
  return xmlAnswer(setting.unset.xml);
}

export async function putBucketSetting(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const { setting, slot } = nameSetting(call, context);
  const body = await readText(call.body);
  checkBody(setting, body);
  if (slot === "replication") checkVersions(bucket, body, context);
  const size = call.headers[TRANSITION_SIZE];
  const settings = { ...bucket.facts.settings, [slot]: body, ...(size && { [`${slot} ${TRANSITION_SIZE}`]: size }) };
  await context.store.commit(bucket, { kind: "facts", facts: { ...bucket.facts, settings } });
  return emptyAnswer(200, settingHeaders(bucket, slot, context));
}

export async function deleteBucketSetting(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const { slot } = nameSetting(call, context);
  const kept = Object.entries(bucket.facts.settings).filter(([name]) => name !== slot && !name.startsWith(`${slot} `));
  const facts = { ...bucket.facts, settings: Object.fromEntries(kept) };
  await context.store.commit(bucket, { kind: "facts", facts });
  return emptyAnswer(204);
}

const EMPTY_FILTER = /<Filter\s*(?:\/>|>\s*(?:<Prefix\s*(?:\/>|>\s*<\/Prefix>)\s*)?<\/Filter>)/g;

function readBack(body: string, slot: string, { behaviour }: Context): string {
  return slot === "lifecycle" && behaviour.emptyLifecycleFilter === "prefix"
    ? body.replaceAll(EMPTY_FILTER, "<Prefix></Prefix>")
    : body;
}

function settingHeaders(bucket: Bucket, slot: string, { behaviour }: Context): Record<string, string> {
  if (slot !== "lifecycle" || behaviour.transitionSizeHeader === "absent") {
    return {};
  }
  return { [TRANSITION_SIZE]: bucket.facts.settings[`${slot} ${TRANSITION_SIZE}`] ?? DEFAULT_TRANSITION_SIZE };
}

/**
 * S3 only replicates between versioned buckets. The sandbox knows nothing about a destination at another
 * endpoint.
 */
function checkVersions(bucket: Bucket, body: string, { store }: Context): void {
  if (bucket.facts.versioning !== "enabled") {
    const message = "Versioning must be 'Enabled' on the bucket to apply a replication configuration";
    throw new S3Error("InvalidRequest", { message });
  }
  for (const rule of children(parseXml(body, "ReplicationConfiguration"), "Rule")) {
    const name = childText(child(rule, "Destination"), "Bucket")?.replace(/^arn:[^:]*:s3:::/, "") ?? "";
    const there = store.buckets.get(name);
    if (there !== undefined && there.facts.versioning !== "enabled") {
      throw new S3Error("InvalidRequest", { message: "Destination bucket must have versioning enabled." });
    }
  }
}

function checkBody(setting: BucketSetting, body: string): void {
  if (setting.subResource !== "policy") {
    parseAny(body);
    return;
  }
  checkPolicy(body);
}
