import {
  DefaultTokenResolver,
  StringConcat,
  type TerraformElement,
  TerraformResource,
  type TerraformStack,
  Tokenization,
} from "cdktf";
import type { IConstruct } from "constructs";

export type Attributes = Readonly<Record<string, unknown>>;

/** A resource or a data source. */
export type TypedElement = TerraformElement & { readonly terraformResourceType: string };

/**
 * What synth writes for a resource, including overrides; undefined if it writes nothing, such as
 * for a resource that was moved.
 */
export function attributesOf(resource: TypedElement): Attributes | undefined {
  const { cdktfStack: stack, terraformResourceType: type, friendlyUniqueId: id } = resource;
  const written = "resource" in stackOverrides(stack) ? stack.toTerraform() : resource.toTerraform();
  return record(resolved(record(record(record(written)?.resource)?.[type])?.[id], stack));
}

/**
 * An attribute as given, with its tokens. Tokens know the stack that they refer to, and Terraform's
 * JSON does not.
 */
export function givenAttribute(element: TypedElement, name: string): unknown {
  const { terraformResourceType: type, friendlyUniqueId: id } = element;
  const ofStack = record(record(record(stackOverrides(element.cdktfStack).resource)?.[type])?.[id]);
  if (ofStack !== undefined && name in ofStack) return ofStack[name];
  const own = record(Reflect.get(element, "rawOverrides"));
  return own !== undefined && name in own ? own[name] : Reflect.get(element, `${name}Input`);
}

/** The overrides of a stack, which are protected in its class. */
export function stackOverrides(stack: TerraformStack): Attributes {
  return record(Reflect.get(stack, "rawOverrides")) ?? {};
}

export function resolved(value: unknown, scope: TerraformStack): unknown {
  return Tokenization.resolve(value, {
    scope,
    resolver: new DefaultTokenResolver(new StringConcat()),
    preparing: false,
  });
}

export function record(value: unknown): Attributes | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Attributes) : undefined;
}

/**
 * How many instances Terraform creates of a resource: one, or as many as `by` says (the JSON of its
 * `count` or `for_each`).
 */
export type Instances =
  | { readonly kind: "one" }
  | { readonly kind: "count"; readonly by: string }
  | { readonly kind: "each"; readonly by: string };

export function instancesOf({ count, for_each: each }: Attributes): Instances {
  if (count !== undefined) return { kind: "count", by: JSON.stringify(count) };
  return each === undefined ? { kind: "one" } : { kind: "each", by: JSON.stringify(each) };
}

/** Whether two resources have the same instances. */
export function sameInstances(one: Instances, other: Instances): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * Whether `defaults`, which refer to the bucket at `address` with `index`, cover all instances of
 * the bucket.
 */
export function coversInstances(defaults: Instances, bucket: Instances, index: string, address: string): boolean {
  switch (bucket.kind) {
    case "one":
      return index === "" && isThereAnyway(defaults);
    case "count":
      return coversCount(defaults, bucket.by, index, address);
    case "each":
      return coversEach(defaults, bucket.by, index, address);
  }
}

function isThereAnyway(defaults: Instances): boolean {
  return defaults.kind === "one" || (defaults.kind === "count" && Number(defaults.by) > 0);
}

// The usual `count = condition ? 1 : 0` has at most one instance, which others refer to as [0].
const AT_MOST_ONE = /^1$|\? 1 : 0\)*\}"$/;

function coversCount(defaults: Instances, count: string, index: string, address: string): boolean {
  if (defaults.kind !== "count") return count === "1" && defaults.kind === "one" && index === "[0]";
  const asMany = defaults.by === count || defaults.by === JSON.stringify(`\${length(${address})}`);
  return asMany && (index === "[count.index]" || (index === "[0]" && AT_MOST_ONE.test(count)));
}

function coversEach(defaults: Instances, each: string, index: string, address: string): boolean {
  if (defaults.kind !== "each") return false;
  if (defaults.by === JSON.stringify(`\${${address}}`)) return index === "[each.key]";
  // In a set the value is the key.
  const isKey = index === "[each.key]" || (index === "[each.value]" && each.startsWith('"${toset('));
  return defaults.by === each && isKey;
}

/**
 * The resource types that create a bucket, and their argument for its name. Buckets that always
 * encrypt, such as directory buckets, are not included.
 */
const NAME_ATTRIBUTES: Readonly<Record<string, string>> = {
  aws_s3_bucket: "bucket",
  ovh_cloud_project_storage: "name",
};

/**
 * The argument in which a resource names the bucket that it creates; undefined if it creates none.
 */
export function nameAttributeOf({ terraformResourceType }: TerraformResource): string | undefined {
  return NAME_ATTRIBUTES[terraformResourceType];
}

export const BUCKET_TYPES: readonly string[] = Object.keys(NAME_ATTRIBUTES);

/** A bucket that the app declares. */
export interface Bucket {
  readonly resource: TerraformResource;
  /** The attributes that synth writes for it. */
  readonly attributes: Attributes;
  readonly nameAttribute: string;
}

/**
 * Checks the resource type, not the class: an app can contain two copies of the bindings, or none.
 */
export function bucketOf(node: IConstruct): Bucket | undefined {
  if (!TerraformResource.isTerraformResource(node)) return undefined;
  const nameAttribute = nameAttributeOf(node);
  const attributes = nameAttribute === undefined ? undefined : attributesOf(node);
  return nameAttribute === undefined || attributes === undefined
    ? undefined
    : { resource: node, attributes, nameAttribute };
}
