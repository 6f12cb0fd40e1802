import { type TerraformResource, TerraformStack, Token, Tokenization } from "cdktf";
import { type GivenName, givenName, mayBeEqual, spelledNames } from "./given-name.js";
import {
  type Attributes,
  type Bucket,
  coversInstances,
  givenAttribute,
  type Instances,
  instancesOf,
  sameInstances,
} from "./resource-attributes.js";
import { type Placed, sameStore } from "./same-store.js";

/**
 * How an encryption default relates to a bucket: its own, another bucket's, its own for some
 * instances, sent to another store, or unknown until Terraform runs.
 */
export type Relation = "its-own" | "another's" | "in-part" | "elsewhere" | "unclear";

interface Named extends Placed {
  readonly resource: TerraformResource;
  readonly name: GivenName;
  readonly instances: Instances;
}

export function relationOf(encryption: TerraformResource, attributes: Attributes, bucket: Bucket): Relation {
  const one = named(encryption, attributes, "bucket");
  if (one === undefined) return "another's";
  const reference = referenceIn(one.name, one.instances);
  if (reference !== undefined) return byReference(one, reference, bucket);
  const other = named(bucket.resource, bucket.attributes, bucket.nameAttribute);
  // A generated name cannot be written in advance.
  return other === undefined ? "another's" : byName(one, other);
}

function named(resource: TerraformResource, attributes: Attributes, nameAttribute: string): Named | undefined {
  const name = givenName(resource, nameAttribute);
  return name && { resource, stack: resource.cdktfStack, attributes, name, instances: instancesOf(attributes) };
}

interface Reference {
  readonly address: string;
  readonly index: string;
}

const REFERENCE = /^\$\{((?:aws_s3_bucket|ovh_cloud_project_storage)\.[\w-]+)(\[[^\]]*\])?\.(?:id|bucket|name)\}$/;
const ALL_OF = /^"\$\{((?:aws_s3_bucket|ovh_cloud_project_storage)\.[\w-]+)\}"$/;

/** The bucket that a name refers to, if the name is nothing but a reference. */
export function referenceIn({ text }: GivenName, instances: Instances): Reference | undefined {
  const [, address, index = ""] = REFERENCE.exec(text) ?? [];
  if (address !== undefined) return { address, index };
  const all = instances.kind === "each" ? ALL_OF.exec(instances.by)?.[1] : undefined;
  return all !== undefined && /^\$\{each\.value\.(?:id|bucket|name)\}$/.test(text)
    ? { address: all, index: "[each.key]" }
    : undefined;
}

function byReference(one: Named, { address, index }: Reference, { resource, attributes }: Bucket): Relation {
  const own = `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
  if (one.name.stack !== resource.cdktfStack || address !== own) return "another's";
  // Another provider reaches a bucket of the same name elsewhere, or none.
  const here = { stack: resource.cdktfStack, attributes };
  if (resource.terraformResourceType === "aws_s3_bucket" && sameStore(one, here) === "no") return "elsewhere";
  return coversInstances(one.instances, instancesOf(attributes), index, address) ? "its-own" : "in-part";
}

function byName(one: Named, other: Named): Relation {
  const equal = equality(one, other);
  if (equal === "no") return "another's";
  const place = other.resource.terraformResourceType === "aws_s3_bucket" ? sameStore(one, other) : "unknown";
  if (place === "no") return "another's";
  return place === "unknown" ? "unclear" : RELATIONS[equal];
}

const RELATIONS = { yes: "its-own", "in-part": "in-part", unknown: "unclear" } as const;

function equality(one: Named, other: Named): "no" | keyof typeof RELATIONS {
  const [names, others] = [one, other].map(({ name, instances }) => spelledNames(name.text, instances));
  if (names !== undefined && others !== undefined) {
    const shared = others.filter((name) => names.includes(name));
    if (shared.length === 0) return "no";
    return shared.length === others.length && isThere(one, other) ? "yes" : "in-part";
  }
  if (!mayBeEqual(one.name.text, other.name.text)) return "no";
  if (one.name.text !== other.name.text || one.name.stack !== other.name.stack) return "unknown";
  return sameInstances(one.instances, other.instances) ? "yes" : "in-part";
}

// A default with `count = 0` or a condition may not exist, even if its names are known.
function isThere(one: Named, other: Named): boolean {
  if (sameInstances(one.instances, other.instances) || one.instances.kind === "each") return true;
  return coversInstances(one.instances, { kind: "one" }, "", "");
}

/**
 * Whether a default may be for a bucket, according to its arguments as given. Resolving each
 * default for each bucket takes seconds in an app with a few hundred of both.
 */
export function mayConcern(encryption: TerraformResource, { resource, nameAttribute }: Bucket): boolean {
  const named = givenAttribute(encryption, "bucket");
  const name = givenAttribute(resource, nameAttribute);
  if (isLiteral(named)) return isLiteral(name) ? named === name : name !== undefined;
  const referred = plainReference(named)?.address;
  return referred === undefined || referred === `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}

export function isLiteral(given: unknown): given is string {
  return typeof given === "string" && !Token.isUnresolved(given) && !given.includes("${");
}

const TOKEN_REFERENCE = /^((?:aws_s3_bucket|ovh_cloud_project_storage)\.[\w-]+)(?:\[[^\]]*\])?\.(?:id|bucket|name)$/;

interface PlainReference {
  readonly address: string;
  /** The stack in which the reference was made, if known. */
  readonly stack: TerraformStack | undefined;
}

/** The bucket that a name refers to, before the name is resolved. */
export function plainReference(given: unknown): PlainReference | undefined {
  if (typeof given !== "string") return undefined;
  const { tokens, literals } = Tokenization.reverseString(given);
  const [token] = tokens;
  if (token === undefined || tokens.length > 1 || literals.length > 0) return undefined;
  const [identifier, origin]: unknown[] = [Reflect.get(token, "identifier"), Reflect.get(token, "originStack")];
  const address = typeof identifier === "string" ? TOKEN_REFERENCE.exec(identifier)?.[1] : undefined;
  return address === undefined ? undefined : { address, stack: TerraformStack.isStack(origin) ? origin : undefined };
}
