import { type BucketSubResource, type ProviderId, providers } from "../../../providers/index.js";
import { resourcesOf, type Synthesised } from "../synth.js";

const SUB_RESOURCE_OF: Readonly<Record<string, BucketSubResource>> = {
  aws_s3_bucket_accelerate_configuration: "accelerate",
  aws_s3_bucket_acl: "acl",
  aws_s3_bucket_cors_configuration: "cors",
  aws_s3_bucket_lifecycle_configuration: "lifecycle",
  aws_s3_bucket_logging: "logging",
  aws_s3_bucket_object_lock_configuration: "object-lock",
  aws_s3_bucket_ownership_controls: "ownership-controls",
  aws_s3_bucket_policy: "policy",
  aws_s3_bucket_public_access_block: "public-access-block",
  aws_s3_bucket_replication_configuration: "replication",
  aws_s3_bucket_server_side_encryption_configuration: "encryption",
  aws_s3_bucket_versioning: "versioning",
  aws_s3_bucket_website_configuration: "website",
};

/** Buckets of a synthesised stack that are not encrypted by default, and resources that the store lacks or that nobody knows here. */
export function whatIsWrong(provider: ProviderId, synthesised: Synthesised): string[] {
  const { subResources } = providers[provider];
  const types = Object.keys(synthesised.resource).filter((type) => type !== "aws_s3_bucket");
  return [
    ...unencrypted(synthesised),
    ...types
      .map((type) => ({ type, subResource: SUB_RESOURCE_OF[type] }))
      .filter(({ subResource }) => subResource === undefined || subResources[subResource].value === "unsupported")
      .map(({ type }) => `${type} on ${provider}`),
    ...resourcesOf(synthesised, "aws_s3_bucket")
      .filter(({ tags }) => tags !== undefined && subResources.tagging.value === "unsupported")
      .map(() => `tags on ${provider}`),
    ...resourcesOf(synthesised, "aws_s3_bucket")
      .filter(({ lifecycle_rule: rules }) => rules !== undefined && subResources.lifecycle.value === "unsupported")
      .map(() => `lifecycle rules on ${provider}`),
  ];
}

function unencrypted(synthesised: Synthesised): string[] {
  const defaults = resourcesOf(synthesised, "aws_s3_bucket_server_side_encryption_configuration");
  const sealed = defaults.filter(({ rule }) => isSealing(rule)).map(({ bucket }) => bucket);
  return Object.keys(synthesised.resource.aws_s3_bucket ?? {})
    .filter((id) => sealed.filter((bucket) => bucket === `\${aws_s3_bucket.${id}.id}`).length !== 1)
    .map((id) => `${id} has no encryption default of its own`);
}

function isSealing(rule: unknown): boolean {
  const [found] = Array.isArray(rule) ? (rule as readonly Record<string, unknown>[]) : [];
  const applied = found?.apply_server_side_encryption_by_default as Record<string, unknown> | undefined;
  return applied?.sse_algorithm === "AES256" || applied?.sse_algorithm === "aws:kms";
}
