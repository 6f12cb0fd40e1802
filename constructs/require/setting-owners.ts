import { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";
import { BUCKET_PARTS } from "../bucket/bucket-parts-by-id.js";
import { OWN_ARGUMENTS, type Setting } from "./bucket-settings.js";
import { givenAttribute } from "./resource-attributes.js";

/** A resource that manages a setting of a bucket. */
export interface SettingOwner {
  readonly resource: TerraformResource;
  readonly setting: Setting;
  /** The argument of a bucket that carries the setting; undefined if the resource is there for nothing else. */
  readonly argument: string | undefined;
  /** The construct of this library that declared it; undefined if a user's own code did. */
  readonly ours: IConstruct | undefined;
}

/** All resources of an app that manage settings of buckets, in the order of the construct tree. */
export function settingOwners(root: IConstruct): readonly SettingOwner[] {
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
