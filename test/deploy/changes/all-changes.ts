import { accessLogs } from "./access-logs.js";
import { cors } from "./cors.js";
import { kmsKeys } from "./kms-key.js";
import { lifecycle } from "./lifecycle.js";
import { defaultRetention } from "./object-lock.js";
import { ownership } from "./ownership.js";
import { policy } from "./policy.js";
import type { PropertyChange } from "./property-change.js";
import { publicAccess } from "./public-access.js";
import { replication } from "./replication.js";
import { tags } from "./tags.js";
import { versioning } from "./versioning.js";
import { website } from "./website.js";

const anywhere = [versioning, tags, cors, website, defaultRetention];

export const onOvhcloud: readonly PropertyChange[] = [
  ...anywhere,
  lifecycle("aws_s3_bucket.aged_bucket", {}),
  accessLogs({ plan: {}, leftOut: { "aws_s3_bucket_acl.logs_log-delivery": "delete" } }),
  replication(),
];

const RULES = "aws_s3_bucket_lifecycle_configuration.aged_lifecycle";
const LOG_POLICY = "aws_s3_bucket_policy.logs_policy";

export const onAws: readonly PropertyChange[] = [
  ...anywhere,
  lifecycle(RULES, { [RULES]: "update" }),
  accessLogs({ plan: { [LOG_POLICY]: "update" }, leftOut: { [LOG_POLICY]: "delete" } }),
  replication("arn:aws:iam::111122223333:role/replication"),
  policy,
  publicAccess,
  ownership,
  kmsKeys,
];
