import { TerraformResource, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { isLiteral, plainReference, referenceIn } from "./bucket-relation.js";
import { type GivenName, givenName, spelledNames } from "./given-name.js";
import {
  attributesOf,
  bucketOf,
  givenAttribute,
  type Instances,
  instancesOf,
  nameAttributeOf,
} from "./resource-attributes.js";
import { type Placed, sameCredentials, sameStore } from "./same-store.js";

/** The resources of an app by stack and address. */
export type Declared = ReadonlyMap<string, TerraformResource>;

/** The bucket or buckets whose setting a resource manages. */
export interface OwnedBucket extends Placed {
  /** The resource that creates the bucket, if the app declares it. */
  readonly declared: TerraformResource | undefined;
  /** The instance, as Terraform's index; empty if the reference has none. */
  readonly index: string;
  /**
   * All possible names. If the app does not spell them out, the expression and what it depends on.
   */
  readonly names: readonly string[];
  readonly instances: Instances;
}

export function declaredIn(root: IConstruct): Declared {
  const resources = root.node.findAll().filter(TerraformResource.isTerraformResource);
  return new Map(resources.map((resource) => [placeOf(resource), resource]));
}

/** Undefined if synth writes nothing for the resource, or if it names no bucket. */
export function ownedBucket(resource: TerraformResource, declared: Declared): OwnedBucket | undefined {
  const bucket = bucketOf(resource);
  const attributes = bucket?.attributes ?? attributesOf(resource);
  if (attributes === undefined) return undefined;
  const instances = instancesOf(attributes);
  const own = { stack: resource.cdktfStack, attributes, instances, index: "" };
  if (bucket !== undefined) return { ...own, declared: resource, names: namesOf(resource) };
  const name = givenName(resource, "bucket");
  if (name === undefined) return undefined;
  const reference = referenceIn(name, instances);
  const maker = reference && declared.get(placeAt(name.stack, reference.address));
  return maker === undefined
    ? { ...own, declared: undefined, names: spelled(name, instances) }
    : { ...own, declared: maker, index: reference?.index ?? "", names: namesOf(maker) };
}

/** Whether both certainly manage one bucket. If it is doubtful, the app may be right. */
export function isSameBucket(one: OwnedBucket, other: OwnedBucket, namesAreUnique: boolean): boolean {
  if (mayBeNone(one) || mayBeNone(other)) return false;
  const isOvhs = one.declared?.terraformResourceType === "ovh_cloud_project_storage";
  if (!isOvhs && sameStore(one, other) !== "yes") return false;
  if (one.declared !== undefined && other.declared !== undefined) {
    // The check of bucket names reports two buckets of one name.
    return one.declared === other.declared && sameIndex(one.index, other.index);
  }
  return (namesAreUnique || sameCredentials(one, other)) && one.names.some((name) => other.names.includes(name));
}

/**
 * A key to group resources before they are resolved, which takes seconds in an app with hundreds of
 * buckets. Undefined if only resolving tells.
 */
export function bucketAtSight(resource: TerraformResource, declared: Declared): string | undefined {
  const given = givenAttribute(resource, nameAttributeOf(resource) ?? "bucket");
  if (isLiteral(given)) return given;
  if (nameAttributeOf(resource) !== undefined) return given === undefined ? placeOf(resource) : undefined;
  const reference = plainReference(given);
  const maker = reference && declared.get(placeAt(reference.stack ?? resource.cdktfStack, reference.address));
  return maker && bucketAtSight(maker, declared);
}

function placeOf({ cdktfStack, terraformResourceType: type, friendlyUniqueId: id }: TerraformResource): string {
  return placeAt(cdktfStack, `${type}.${id}`);
}

function placeAt(stack: TerraformStack, address: string): string {
  return `${stack.node.path} ${address}`;
}

function namesOf(bucket: TerraformResource): readonly string[] {
  const name = givenName(bucket, nameAttributeOf(bucket) ?? "bucket");
  return name === undefined ? [placeOf(bucket)] : spelled(name, instancesOf(attributesOf(bucket) ?? {}));
}

function spelled({ text, stack }: GivenName, instances: Instances): readonly string[] {
  return spelledNames(text, instances) ?? [placeAt(stack, `${text} ${JSON.stringify(instances)}`)];
}

function sameIndex(one: string, other: string): boolean {
  const isOfAll = (index: string) => /each\.|count\./.test(index);
  return one === other || isOfAll(one) || isOfAll(other);
}

// A count of 0, or one with a condition, may be what keeps the two apart.
function mayBeNone({ instances }: OwnedBucket): boolean {
  return instances.kind === "count" && !(Number(instances.by) > 0);
}
