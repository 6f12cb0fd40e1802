import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";
import { providerForEndpoint } from "../../providers/index.js";
import { bucketArn } from "../policy/policy-statement.js";
import { namesOfInstances } from "../require/given-name.js";
import { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { isKnownLater } from "../values.js";

/**
 * The naming rules of the store that the name breaks. A missing name passes, and so does a name
 * that only Terraform knows.
 */
export function bucketNameProblems(name: string | undefined, storage: ObjectStorageProvider): string[] {
  if (name === undefined || isKnownLater(name)) return [];
  const { refusedInBucketNames, reservedBucketNames } = storage.store;
  const rules: readonly (readonly [broken: boolean, rule: string])[] = [
    [name.length < 3 || name.length > 63, "has 3 to 63 characters"],
    [/[^a-z0-9.-]/.test(name), "holds lower-case letters, digits, dots and hyphens only"],
    [/^[.-]|[.-]$/.test(name), "begins and ends with a letter or digit"],
    [/^\d+\.\d+\.\d+\.\d+$/.test(name), "does not look like an IP address"],
    ...refusedInBucketNames.value.map((text) => [name.includes(text), `does not hold "${text}"`] as const),
    ...reservedBucketNames.value.map(({ pattern, reason }) => [new RegExp(pattern).test(name), reason] as const),
    [needsPathStyle(name, storage), "has no dot unless the ObjectStorageProvider has pathStyle: true"],
  ];
  const broken = rules.filter(([isBroken]) => isBroken).map(([, rule]) => rule);
  return broken.length === 0
    ? []
    : [`bucket name "${name}" cannot be used on ${storage.store.name}: a name ${broken.join(", ")}`];
}

// A wildcard certificate covers one label, so TLS fails on https://my.bucket.s3.example.
function needsPathStyle(name: string, storage: ObjectStorageProvider): boolean {
  return name.includes(".") && !storage.pathStyle && !storage.endpoint.startsWith("http://");
}

/** One problem for each other bucket of the app that has the same name in the same namespace. */
export function nameClashes(bucket: S3Bucket, storage: ObjectStorageProvider): string[] {
  const names = literalNames(bucket);
  if (names.length === 0) return [];
  const stores = bucket.node.root.node.findAll().filter(ObjectStorageProvider.isObjectStorageProvider);
  return bucket.node.root.node
    .findAll()
    .filter((node): node is S3Bucket => isBucket(node) && node !== bucket)
    .flatMap((other) => {
      const shared = literalNames(other).find((each) => names.includes(each));
      return shared === undefined ? [] : [{ other, shared }];
    })
    .filter(({ other: { provider }, shared }) =>
      stores.some((other) => other.aws === provider && shareNames(storage, other, shared)),
    )
    .map(
      ({ other, shared }) =>
        `bucket name "${shared}" is taken twice on ${storage.store.name}: "${other.node.path}" has it too; give each a name of its own`,
    );
}

function literalNames(bucket: S3Bucket): readonly string[] {
  const { bucketInput, forEach } = bucket;
  if (forEach !== undefined) return namesOfInstances(bucket) ?? [];
  return bucketInput === undefined || isKnownLater(bucketInput) ? [] : [bucketInput];
}

function isBucket(node: IConstruct): node is S3Bucket {
  return TerraformResource.isTerraformResource(node) && node.terraformResourceType === S3Bucket.tfResourceType;
}

// Each partition of AWS has a namespace of its own. The ARN shows the partition.
function shareNames(one: ObjectStorageProvider, other: ObjectStorageProvider, name: string): boolean {
  const isUnique = one.store.bucketNamesUnique.value === "store";
  if (one.endpoint === other.endpoint) return isUnique || sameKeys(one, other);
  const unique = isUnique && isOwnEndpoint(one) && isOwnEndpoint(other);
  return unique && one.store.id === other.store.id && bucketArn(name, one) === bucketArn(name, other);
}

// Tenants of one endpoint, as on Ceph, have namespaces of their own.
function sameKeys({ aws: one }: ObjectStorageProvider, { aws: other }: ObjectStorageProvider): boolean {
  return one.profileInput === other.profileInput && one.accessKeyInput === other.accessKeyInput;
}

function isOwnEndpoint({ endpoint, store }: ObjectStorageProvider): boolean {
  return !isKnownLater(endpoint) && providerForEndpoint(endpoint).id === store.id;
}
