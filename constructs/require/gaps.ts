import { TerraformElement, TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { mayConcern, type Relation, relationOf } from "./bucket-relation.js";
import type { Gap } from "./complaint.js";
import {
  type Attributes,
  attributesOf,
  BUCKET_TYPES,
  type Bucket,
  bucketOf,
  record,
  stackOverrides,
} from "./resource-attributes.js";
import { storeOfBucket } from "./same-store.js";

/**
 * The gaps of one construct. `defaults` are those of the whole app, if the caller has them already.
 */
export function gapsIn(node: IConstruct, defaults?: readonly TerraformResource[]): Gap[] {
  if (TerraformStack.isStack(node)) return writtenByOverrides(node);
  if (isModule(node)) return [{ kind: "module", construct: node, source: node.source }];
  const bucket = bucketOf(node);
  const gap = bucket && judgeBucket(bucket, defaults ?? encryptionDefaults(node.node.root));
  return gap === undefined ? [] : [gap];
}

// CDKTF marks modules only by their class, and an app can contain two copies of it.
function isModule(node: IConstruct): node is TerraformElement & { readonly source: string } {
  return TerraformElement.isTerraformElement(node) && "interpolationForOutput" in node && "source" in node;
}

/** Buckets that exist only in an override of the stack, not as constructs. */
function writtenByOverrides(stack: TerraformStack): Gap[] {
  const written = record(stackOverrides(stack).resource) ?? {};
  const addresses = BUCKET_TYPES.flatMap((type) =>
    Object.keys(record(written[type]) ?? {}).map((id) => `${type}.${id}`),
  );
  if (addresses.length === 0) return [];
  const constructs = stack.node.findAll().filter(TerraformResource.isTerraformResource);
  const declared = new Set(constructs.map((each) => `${each.terraformResourceType}.${each.friendlyUniqueId}`));
  return addresses
    .filter((address) => !declared.has(address))
    .map((address) => ({ kind: "written-by-override", construct: stack, address }));
}

/** The gap of a bucket; undefined if it certainly encrypts by default. */
function judgeBucket(bucket: Bucket, defaults: readonly TerraformResource[]): Gap | undefined {
  const own = ownEncryption(bucket);
  if (own === "given") return undefined;
  const construct = bucket.resource;
  const candidates = defaults.filter((other) => mayConcern(other, bucket));
  const verdicts = candidates.map((other) => ({ other, verdict: verdictOf(other, bucket) }));
  if (verdicts.some(({ verdict }) => verdict === "encrypts")) return undefined;

  const doubtful = verdicts.flatMap(({ other, verdict }) => {
    const kind = DOUBTS[verdict];
    return kind === undefined ? [] : [{ kind, construct, other }];
  });
  return doubtful[0] ?? withoutDefault(bucket, own === "unclear" ? "own-block-unclear" : "no-default");
}

type Verdict = "encrypts" | "without-algorithm" | Exclude<Relation, "its-own">;

function verdictOf(encryption: TerraformResource, bucket: Bucket): Verdict {
  const attributes = attributesOf(encryption);
  if (attributes === undefined) return "another's";
  const relation = relationOf(encryption, attributes, bucket);
  if (relation !== "its-own") return relation;
  return haveAlgorithm(rulesOf(attributes)) ? "encrypts" : "without-algorithm";
}

const DOUBTS = {
  encrypts: undefined,
  "another's": undefined,
  "without-algorithm": "default-without-algorithm",
  "in-part": "default-in-part",
  elsewhere: "default-elsewhere",
  unclear: "default-unclear",
} as const satisfies Record<Verdict, Gap["kind"] | undefined>;

function withoutDefault(bucket: Bucket, kind: "no-default" | "own-block-unclear"): Gap | undefined {
  const construct = bucket.resource;
  const store = storeOfBucket(bucket);
  if (store?.subResources.encryption.value !== "unsupported") return { kind, construct };
  return store.encryption.atRest.value === "always" ? undefined : { kind: "store-without-default", construct, store };
}

/** The default encryption according to the bucket's own arguments. */
type OwnEncryption = "given" | "none" | "unclear";

function ownEncryption({ resource, attributes }: Bucket): OwnEncryption {
  return resource.terraformResourceType === "ovh_cloud_project_storage"
    ? ofOvhProvider(record(attributes.encryption)?.sse_algorithm)
    : inlineBlock(attributes.server_side_encryption_configuration, record(attributes.dynamic));
}

// The older form of the AWS provider, which newer versions still accept. A dynamic block can
// produce no blocks at all.
function inlineBlock(block: unknown, dynamic: Readonly<Record<string, unknown>> | undefined): OwnEncryption {
  if (listed(block).some((each) => haveAlgorithm(record(each)?.rule))) return "given";
  return dynamic?.server_side_encryption_configuration === undefined ? "none" : "unclear";
}

// `plaintext` is the only other value:
// https://github.com/ovh/terraform-provider-ovh/blob/master/ovh/resource_cloud_project_storage_gen.go
function ofOvhProvider(algorithm: unknown): OwnEncryption {
  if (algorithm === "AES256") return "given";
  return typeof algorithm === "string" && algorithm.includes("${") ? "unclear" : "none";
}

const ALGORITHMS = ["AES256", "aws:kms", "aws:kms:dsse"];

/** The resources of an app that set the default encryption of buckets. */
export function encryptionDefaults(root: IConstruct): readonly TerraformResource[] {
  return root.node
    .findAll()
    .filter(TerraformResource.isTerraformResource)
    .filter(({ terraformResourceType: type }) => type === "aws_s3_bucket_server_side_encryption_configuration");
}

/**
 * Whether one of the rules names an algorithm. A variable counts: Terraform refuses every value
 * that does not encrypt.
 */
function haveAlgorithm(rules: unknown): boolean {
  return listed(rules).some((rule) =>
    listed(record(rule)?.apply_server_side_encryption_by_default).some((given) =>
      isAlgorithm(record(given)?.sse_algorithm),
    ),
  );
}

/** The rules of a default, also from a dynamic block. The store refuses a default without rules. */
function rulesOf({ rule, dynamic }: Attributes): unknown {
  return rule ?? record(record(dynamic)?.rule)?.content;
}

function isAlgorithm(value: unknown): boolean {
  return typeof value === "string" && (ALGORITHMS.includes(value) || value.includes("${"));
}

/** Terraform's JSON accepts one block as it is, or in a list. */
function listed(blocks: unknown): readonly unknown[] {
  if (blocks === undefined || blocks === null) return [];
  return Array.isArray(blocks) ? blocks : [blocks];
}
