import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { TerraformResource, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { providerForEndpoint } from "../../providers/index.js";
import { bucketArn } from "../policy/bucket-arn.js";
import { ObjectStorageProvider } from "../storage/object-storage-provider.js";

/** What is said of the other buckets of the app that are called `name` where a name belongs to one bucket alone. */
export function nameClashes(bucket: S3Bucket, name: string | undefined, storage: ObjectStorageProvider): string[] {
  if (name === undefined || Token.isUnresolved(name)) return [];
  const stores = bucket.node.root.node.findAll().filter(ObjectStorageProvider.isObjectStorageProvider);
  return bucket.node.root.node
    .findAll()
    .filter((node): node is S3Bucket => isBucket(node) && node !== bucket && node.bucketInput === name)
    .filter(({ provider }) => stores.some((other) => other.aws === provider && shareNames(storage, other, name)))
    .map(
      ({ node }) =>
        `bucket name "${name}" is taken twice on ${storage.store.name}: "${node.path}" has it too; give each a name of its own`,
    );
}

function isBucket(node: IConstruct): node is S3Bucket {
  return TerraformResource.isTerraformResource(node) && node.terraformResourceType === S3Bucket.tfResourceType;
}

// The partitions of AWS, told apart by their ARNs, are worlds of their own.
function shareNames(one: ObjectStorageProvider, other: ObjectStorageProvider, name: string): boolean {
  const isUnique = one.store.bucketNamesUnique.value === "store";
  if (one.endpoint === other.endpoint) return isUnique || sameKeys(one, other);
  const unique = isUnique && isOwnEndpoint(one) && isOwnEndpoint(other);
  return unique && one.store.id === other.store.id && bucketArn(name, one) === bucketArn(name, other);
}

// Tenants of one endpoint, as Ceph has them, have names of their own.
function sameKeys({ aws: one }: ObjectStorageProvider, { aws: other }: ObjectStorageProvider): boolean {
  return one.profileInput === other.profileInput && one.accessKeyInput === other.accessKeyInput;
}

function isOwnEndpoint({ endpoint, store }: ObjectStorageProvider): boolean {
  return !Token.isUnresolved(endpoint) && providerForEndpoint(endpoint).id === store.id;
}
