import { TerraformResource, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { isEncryptedBucket, type NamedBucket } from "../bucket/named-bucket.js";
import type { BucketPart } from "../features/feature.js";
import { BUCKET_PARTS } from "../features/features.js";
import { bucketAtSight, type Declared, declaredIn, isSameBucket, ownedBucket } from "./owned-bucket.js";
import { givenAttribute } from "./resource-attributes.js";

const checked = new WeakSet<TerraformStack>();

/**
 * Fails the synth of a stack if a bucket of this library in it shares a setting with any other
 * resource of the app.
 */
export function refuseTwoOwners(stack: TerraformStack): void {
  // Once for each stack, since each check goes through the whole app.
  if (checked.has(stack)) return;
  checked.add(stack);
  stack.node.addValidation({ validate: () => settingsWithTwoOwners(stack) });
}

type Ours = SettingOwner & { readonly ours: IConstruct };

function settingsWithTwoOwners(stack: TerraformStack): string[] {
  const { root } = stack.node;
  const declared = declaredIn(root);
  const owners = settingOwners(root);
  const sights = owners.map(({ resource }) => bucketAtSight(resource, declared));
  const isHere = (owner: SettingOwner): owner is Ours =>
    owner.ours !== undefined && owner.resource.cdktfStack === stack;
  return owners.flatMap((one, index) => {
    if (!isHere(one)) return [];
    return owners
      .filter((other, position) => {
        // A pair of this stack is reported once.
        if (other.part !== one.part || index === position || (isHere(other) && position < index)) return false;
        return maybeSame(sights[index], sights[position]) && areOfOneBucket(one, other, declared);
      })
      .map((other) => words(one, other));
  });
}

function maybeSame(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

function areOfOneBucket(one: Ours, other: SettingOwner, declared: Declared): boolean {
  const [here, there] = [ownedBucket(one.resource, declared), ownedBucket(other.resource, declared)];
  const { storage } = one.ours as IConstruct & NamedBucket;
  const unique = storage.store.bucketNamesUnique.value === "store";
  return here !== undefined && there !== undefined && isSameBucket(here, there, unique);
}

function words({ ours, part: { setting, left } }: Ours, other: SettingOwner): string {
  const own = ours.node.path;
  const elsewhere = (other.ours ?? other.resource).node.path;
  const removal =
    other.argument === undefined ? `remove "${elsewhere}"` : `remove ${other.argument} from "${elsewhere}"`;
  const waysOut = [
    removal,
    ...(isEncryptedBucket(ours as IConstruct & NamedBucket) && left ? [`${left} in "${own}"`] : []),
  ];
  return `"${own}" and "${elsewhere}" both set the ${setting} of one bucket: each deployment overwrites the other's, and removing either removes the setting; ${waysOut.join(", or ")}`;
}

/** A resource that manages a setting of a bucket. */
interface SettingOwner {
  readonly resource: TerraformResource;
  readonly part: BucketPart;
  /**
   * The argument of a bucket that carries the setting; undefined if the resource has no other
   * purpose.
   */
  readonly argument: string | undefined;
  /** The construct of this library that declared it; undefined if the user's own code did. */
  readonly ours: IConstruct | undefined;
}

/** All resources of an app that manage settings of buckets, in the order of the construct tree. */
function settingOwners(root: IConstruct): readonly SettingOwner[] {
  return root.node.findAll().filter(TerraformResource.isTerraformResource).flatMap(ownersIn);
}

const PART_OF_TYPE = new Map(BUCKET_PARTS.map((part) => [part.type, part]));

const OVH_ARGUMENTS = ["encryption", "versioning", "replication"];

/**
 * The arguments of a bucket that carry settings, by resource type: the older form of the AWS
 * provider, and that of OVHcloud's.
 */
const OWN_ARGUMENTS: Readonly<Record<string, readonly (readonly [argument: string, part: BucketPart])[]>> = {
  aws_s3_bucket: BUCKET_PARTS.flatMap((part) => (part.inline ?? []).map((argument) => [argument, part] as const)),
  ovh_cloud_project_storage: BUCKET_PARTS.filter(({ id }) => OVH_ARGUMENTS.includes(id)).map((part) => [part.id, part]),
};

function ownersIn(resource: TerraformResource): SettingOwner[] {
  const part = PART_OF_TYPE.get(resource.terraformResourceType);
  if (part !== undefined) return [{ resource, part, argument: undefined, ours: declaredBy(resource, part.id) }];
  return (OWN_ARGUMENTS[resource.terraformResourceType] ?? [])
    .filter(([argument]) => isGiven(resource, argument))
    .map(([argument, carried]) => ({
      resource,
      part: carried,
      argument: snakeCase(argument),
      // An EncryptedBucket sets only lifecycle rules on its bucket. Any other argument comes from
      // an override.
      ours: carried.id === "lifecycle" ? declaredBy(resource, "bucket") : undefined,
    }));
}

function isGiven(resource: TerraformResource, argument: string): boolean {
  return (givenAttribute(resource, snakeCase(argument)) ?? givenAttribute(resource, argument)) !== undefined;
}

// Checks members, not the class: an app can contain two copies of this library.
function declaredBy(resource: TerraformResource, partId: string): IConstruct | undefined {
  const { scope, id } = resource.node;
  const isOurs = scope !== undefined && "encryption" in scope && "storage" in scope && "target" in scope;
  return isOurs && id === partId ? scope : undefined;
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
