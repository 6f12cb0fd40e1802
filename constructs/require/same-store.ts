import { TerraformProvider, type TerraformStack } from "cdktf";
import type { ProviderProfile } from "../../providers/index.js";
import { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { type Attributes, type Bucket, record, resolved } from "./resource-attributes.js";

/** Where a resource is: its stack, and what synth writes for it. */
export interface Placed {
  readonly stack: TerraformStack;
  readonly attributes: Attributes;
}

/**
 * Whether two resources of Terraform's AWS provider are in one store, where a name means one
 * bucket.
 */
export function sameStore(one: Placed, other: Placed): "yes" | "no" | "unknown" {
  if (one.stack === other.stack && isSame(one, other)) return "yes";
  const [here, there] = [storeOf(one), storeOf(other)];
  if (here === undefined || there === undefined) return "unknown";
  if (here === there) return isKnown(here) || one.stack === other.stack ? "yes" : "unknown";
  return isKnown(here) && isKnown(there) ? "no" : "unknown";
}

/** The name of the provider that a resource uses, as Terraform refers to it. */
function providerName({ provider }: Attributes): string {
  return typeof provider === "string" ? provider : "aws";
}

function isSame({ attributes: one }: Placed, { attributes: other }: Placed): boolean {
  return providerName(one) === providerName(other) && one.region === other.region;
}

function storeOf(placed: Placed): string | undefined {
  const block = providerBlock(placed);
  return block && JSON.stringify([placed.attributes.region ?? block.region, block.endpoints]);
}

const CREDENTIALS = [
  "profile",
  "access_key",
  "secret_key",
  "token",
  "shared_config_files",
  "shared_credentials_files",
  "assume_role",
  "assume_role_with_web_identity",
];

/** Whether two resources use the same credentials, as far as the app says. */
export function sameCredentials(one: Placed, other: Placed): boolean {
  const [here, there] = [providerBlock(one), providerBlock(other)];
  return (
    JSON.stringify(CREDENTIALS.map((name) => here?.[name])) === JSON.stringify(CREDENTIALS.map((name) => there?.[name]))
  );
}

function providerBlock({ stack, attributes }: Placed): Attributes | undefined {
  const providers = stack.node.findAll().filter(TerraformProvider.isTerraformProvider);
  const provider = providers.find(({ fqn }) => fqn === providerName(attributes));
  const blocks = provider && record(record(record(provider.toTerraform())?.provider))?.[provider.terraformResourceType];
  return Array.isArray(blocks) ? record(resolved(blocks[0], stack)) : undefined;
}

// A value that only Terraform knows can differ between two stacks.
function isKnown(store: string): boolean {
  return !store.includes("${");
}

/** The store of a bucket; undefined if no ObjectStorageProvider tells. */
export function storeOfBucket({ resource, attributes }: Bucket): ProviderProfile | undefined {
  if (resource.terraformResourceType !== "aws_s3_bucket") return undefined;
  const stack = resource.cdktfStack;
  const storages = stack.node.findAll().filter(ObjectStorageProvider.isObjectStorageProvider);
  return storages.find(({ aws }) => aws.cdktfStack === stack && aws.fqn === providerName(attributes))?.store;
}
