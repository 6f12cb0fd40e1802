import { TerraformResource, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { isEncryptedBucket, type NamedBucket } from "../bucket/named-bucket.js";
import { BUCKET_PARTS } from "../bucket/unmanaged-bucket.js";
import { bucketAtSight, type Declared, declaredIn, isSameBucket, ownedBucket } from "./owned-bucket.js";
import { givenAttribute } from "./resource-attributes.js";

const checked = new WeakSet<TerraformStack>();

/** Fails the synth of a stack if a bucket of this library in it shares a setting with any other resource of the app. */
export function refuseTwoOwners(stack: TerraformStack): void {
  // Once for the stack, since each check goes through the whole app.
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
        if (other.setting !== one.setting || index === position || (isHere(other) && position < index)) return false;
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

function words({ ours, setting }: Ours, other: SettingOwner): string {
  const { name, left } = SETTING_WORDS[setting];
  const own = ours.node.path;
  const elsewhere = (other.ours ?? other.resource).node.path;
  const removal =
    other.argument === undefined ? `remove "${elsewhere}"` : `remove ${other.argument} from "${elsewhere}"`;
  const waysOut = [
    removal,
    ...(isEncryptedBucket(ours as IConstruct & NamedBucket) && left ? [`${left} in "${own}"`] : []),
  ];
  return `"${own}" and "${elsewhere}" both set the ${name} of one bucket: each deployment writes over the other's, and removing one takes it away; ${waysOut.join(", or ")}`;
}

/** A resource that manages a setting of a bucket. */
interface SettingOwner {
  readonly resource: TerraformResource;
  readonly setting: Setting;
  /** The argument of a bucket that carries the setting; undefined if the resource is there for nothing else. */
  readonly argument: string | undefined;
  /** The construct of this library that declared it; undefined if a user's own code did. */
  readonly ours: IConstruct | undefined;
}

/** All resources of an app that manage settings of buckets, in the order of the construct tree. */
function settingOwners(root: IConstruct): readonly SettingOwner[] {
  return root.node.findAll().filter(TerraformResource.isTerraformResource).flatMap(ownersIn);
}

const SETTINGS = new Map(
  Object.entries(BUCKET_PARTS).flatMap(([part, type]) =>
    part === "bucket" ? [] : [[type as string, part as Setting]],
  ),
);

function ownersIn(resource: TerraformResource): SettingOwner[] {
  const setting = SETTINGS.get(resource.terraformResourceType);
  if (setting !== undefined) return [{ resource, setting, argument: undefined, ours: declaredBy(resource, setting) }];
  return Object.entries(OWN_ARGUMENTS[resource.terraformResourceType] ?? {})
    .filter(([argument]) => isGiven(resource, argument))
    .map(([argument, carried]) => ({
      resource,
      setting: carried,
      argument: snakeCase(argument),
      // An EncryptedBucket gives its bucket no other settings than rules: what else is there was put over it.
      ours: carried === "lifecycle" ? declaredBy(resource, "bucket") : undefined,
    }));
}

function isGiven(resource: TerraformResource, argument: string): boolean {
  return (givenAttribute(resource, snakeCase(argument)) ?? givenAttribute(resource, argument)) !== undefined;
}

// By shape and not by class: an app can hold two copies of this library.
function declaredBy(resource: TerraformResource, part: string): IConstruct | undefined {
  const { scope, id } = resource.node;
  const isOurs = scope !== undefined && "encryption" in scope && "storage" in scope && "target" in scope;
  return isOurs && id === part ? scope : undefined;
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** What one resource manages as a whole: a second one writes over it. */
type Setting = Exclude<keyof typeof BUCKET_PARTS, "bucket">;

interface SettingWords {
  readonly name: string;
  /** How an EncryptedBucket gives the setting up; undefined if it never does. */
  readonly left: string | undefined;
}

const SETTING_WORDS: Readonly<Record<Setting, SettingWords>> = {
  encryption: { name: "encryption default", left: undefined },
  versioning: { name: "versioning", left: "leave versioning, objectLock and defaultRetention out" },
  "object-lock": { name: "default retention", left: "leave defaultRetention out" },
  lifecycle: {
    name: "lifecycle rules",
    left: "give abortIncompleteMultipartUploadDays: false and no lifecycleRules",
  },
  cors: { name: "CORS rules", left: "leave cors out" },
  website: { name: "website", left: "leave website out" },
  policy: { name: "bucket policy", left: "add the statements with addToResourcePolicy" },
  "public-access": { name: "public access block", left: "give blockPublicAccess: false" },
  ownership: { name: "ownership controls", left: "give ownership: false" },
  "access-logs": { name: "access logs", left: "leave serverAccessLogs out" },
  "log-delivery": { name: "ACL", left: "have no bucket log to this one" },
  replication: { name: "replication", left: "leave replication out" },
};

/** The settings that a bucket's own arguments can carry, by resource type: the older way of the AWS provider, and that of OVHcloud's. */
const OWN_ARGUMENTS: Readonly<Record<string, Readonly<Record<string, Setting>>>> = {
  aws_s3_bucket: {
    serverSideEncryptionConfiguration: "encryption",
    versioning: "versioning",
    objectLockConfiguration: "object-lock",
    lifecycleRule: "lifecycle",
    corsRule: "cors",
    website: "website",
    policy: "policy",
    logging: "access-logs",
    acl: "log-delivery",
    grant: "log-delivery",
    replicationConfiguration: "replication",
  },
  ovh_cloud_project_storage: { encryption: "encryption", versioning: "versioning", replication: "replication" },
};
