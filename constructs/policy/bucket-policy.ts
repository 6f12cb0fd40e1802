import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import type { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import { type ITerraformDependable, Lazy } from "cdktf";
import type { Fact } from "../../providers/index.js";
import type { DeclaredBucket } from "../bucket/named-bucket.js";
import { partOf } from "../features/for-each.js";
import { supportProblems, wayOut } from "../features/store-support.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { repeated } from "../values.js";
import {
  type AskedStatement,
  bucketResource,
  holdsReferenceList,
  keepPolicyVariables,
  opensToEverybody,
  type PolicyStatement,
} from "./policy-statement.js";

/** The one policy of a bucket. The resource is created with the first statement. */
export interface BucketPolicy {
  readonly asked: readonly AskedStatement[];
  readonly resource: S3BucketPolicy | undefined;
  add(...asked: readonly AskedStatement[]): void;
}

/** `after` lists the resources that the policy depends on. */
export function bucketPolicy(bucket: DeclaredBucket, after: ITerraformDependable[]): BucketPolicy {
  const asked: AskedStatement[] = [];
  let resource: S3BucketPolicy | undefined;
  const produce = () => {
    // Resolving a statement that synth refuses would fail before the refusal, so it is left out.
    const statements = asked.map(({ statement }) => statement).filter((statement) => !holdsReferenceList(statement));
    return renderPolicy(statements, bucket.bucketName, bucket.storage);
  };
  return {
    asked,
    get resource() {
      return resource;
    },
    add(...more) {
      asked.push(...more);
      if (asked.length === 0) return;
      // Rendered at synth, since statements can be added until then.
      const policy = Lazy.stringValue({ produce });
      resource ??= new S3BucketPolicy(bucket, "policy", {
        ...partOf(bucket),
        policy,
        dependsOn: after,
      });
    },
  };
}

/** The policy of a bucket as JSON. References stay references. */
function renderPolicy(
  statements: readonly PolicyStatement[],
  bucketName: string,
  storage: ObjectStorageProvider,
): string {
  const bucket = bucketResource(bucketName, storage);
  const Statement = statements.map(({ sid, effect, principals, actions, resources, conditions }) => ({
    Sid: sid,
    Effect: effect,
    Principal: principals,
    Action: oneOrMany(actions),
    Resource: oneOrMany(resources ?? [bucket, `${bucket}/*`]),
    Condition: conditions,
  }));
  const { version } = storage.store.bucketPolicies;
  return keepPolicyVariables(JSON.stringify({ Version: version.value, Statement }));
}

/**
 * A list of one becomes its only entry, as policies are usually written. moto_server recognises log
 * delivery only in this form.
 */
function oneOrMany(list: readonly string[]): string | readonly string[] | undefined {
  return list.length === 1 ? list[0] : list;
}

/**
 * Why the store would refuse the policy, or accept it without enforcing it. Each reason appears
 * once for each property.
 */
export function policyProblems(asked: readonly AskedStatement[], storage: ObjectStorageProvider): string[] {
  const problems = asked.flatMap((each) => {
    const lacking = supportProblems(each.askedBy, "policy", storage);
    return lacking.length > 0 ? lacking : [...limitProblems(each, storage), ...malformed(each)];
  });
  return [...new Set([...problems, ...repeatedSids(asked)])];
}

function limitProblems({ askedBy, statement }: AskedStatement, storage: ObjectStorageProvider): string[] {
  return statementLimits(statement, storage).map(
    ({ words, source }) =>
      `${askedBy} cannot be used on ${storage.store.name}, whose bucket policies ${words} (${source}): ${wayOut("policy", storage)}`,
  );
}

function malformed({ askedBy, statement }: AskedStatement): string[] {
  return [
    ...(statement.actions.length === 0 ? [`${askedBy} names no action, such as s3:GetObject`] : []),
    ...(statement.resources?.length === 0
      ? [`${askedBy} has an empty list of resources; leave it out for the bucket and all its objects`]
      : []),
    ...(holdsReferenceList(statement)
      ? [`${askedBy} contains a list that is a reference; give a list of strings, each of which may be a reference`]
      : []),
  ];
}

function repeatedSids(asked: readonly AskedStatement[]): string[] {
  const sids = asked.flatMap(({ statement: { sid } }) => (sid === undefined ? [] : [sid]));
  return repeated(sids).map(
    (sid) => `the bucket policy has more than one statement with the sid "${sid}"; name each once`,
  );
}

const REJECTED = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html";

/**
 * Statements for which the store refuses the whole policy. A statement with conditions may not
 * count as public, so it passes.
 */
export function publicProblems(
  asked: readonly AskedStatement[],
  publicAccess: S3BucketPublicAccessBlock | undefined,
): string[] {
  if (publicAccess?.blockPublicPolicyInput !== true) return [];
  return asked
    .filter(({ statement }) => opensToEverybody(statement) && Object.keys(statement.conditions ?? {}).length === 0)
    .map(
      ({ askedBy }) =>
        `${askedBy} opens the bucket to everybody, but blockPublicAccess refuses such a policy (${REJECTED}); name its principals, or give blockPublicAccess: { blockPublicPolicy: false, restrictPublicBuckets: false }`,
    );
}

/** A limit of the store's bucket policies that a statement exceeds. */
interface StatementLimit {
  /** Follows "whose bucket policies". */
  readonly words: string;
  readonly source: string;
}

/** Limits because of which the store accepts the statement but does not enforce it. */
function statementLimits(statement: PolicyStatement, { store }: ObjectStorageProvider): StatementLimit[] {
  const { judged, denials, variables, conditionKeys } = store.bucketPolicies;
  const unknown = conditionKeysOf(statement).filter((key) => !isKnown(key, conditionKeys));
  return [
    ...limit(judged, judged.value === "anonymous" && !opensToEverybody(statement), "apply only to anonymous requests"),
    ...limit(denials, denials.value === "unsupported" && statement.effect === "Deny", "can allow but not deny"),
    ...limit(variables, variables.value === "unsupported" && hasVariables(statement), "replace no variables"),
    ...limit(conditionKeys, unknown.length > 0, `do not know the condition key ${unknown.join(", ")}`),
  ];
}

function limit({ source }: Fact<unknown>, isReached: boolean, words: string): StatementLimit[] {
  return isReached ? [{ words, source }] : [];
}

function conditionKeysOf({ conditions = {} }: PolicyStatement): string[] {
  return [...new Set(Object.values(conditions).flatMap((condition) => Object.keys(condition)))];
}

// Condition keys are not case-sensitive.
function isKnown(key: string, { value }: Fact<readonly string[] | "all">): boolean {
  if (value === "all") return true;
  const asked = key.toLowerCase();
  return value
    .map((known) => known.toLowerCase())
    .some((known) => (known.endsWith("*") ? asked.startsWith(known.slice(0, -1)) : asked === known));
}

function hasVariables({ resources, conditions }: PolicyStatement): boolean {
  return /\$\{[A-Za-z0-9-]+:/.test(JSON.stringify([resources, conditions]));
}
