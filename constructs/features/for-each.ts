import {
  type ITerraformIterator,
  ref,
  type TerraformProvider,
  type TerraformResource,
  TerraformStack,
  Token,
} from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { bucketNameProblems } from "../bucket/bucket-name.js";
import type { DeclaredBucket, SealedBucket } from "../bucket/named-bucket.js";
import { type Fields, iterator } from "../checked-props.js";
import { givenName, namesOfInstances } from "../require/given-name.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { repeated } from "../values.js";
import type { Feature } from "./feature.js";

export interface ForEachProps {
  /**
   * Declares one bucket with all its parts for each entry of an iterator. Its `bucketName` must use
   * the iterator, as in `` `acme-${iterator.key}` ``. `bucketName` and `bucketArn` then refer to
   * the instance of the same key, so use them in resources with the same `forEach`.
   * `TerraformIterator.fromResources(invoices.bucket)` iterates over all of them.
   * @default - one bucket
   */
  readonly forEach?: ITerraformIterator;
}

export const forEachFields = { forEach: iterator().optional() } satisfies Fields<ForEachProps>;

type NamedProps = ForEachProps & { readonly bucketName?: string; readonly importExisting?: boolean };

export const forEach: Feature<ForEachProps, never, NamedProps> = {
  fields: forEachFields,
  problems: (props, storage, { bucket }) => forEachProblems(props, bucket, storage),
};

/**
 * An attribute of a resource. With `forEach` it is that of the instance with the same key as the
 * resource that refers to it.
 */
export function attributeOf(resource: TerraformResource, attribute: string): string {
  if (resource.forEach === undefined) return resource.getStringAttribute(attribute);
  const { terraformResourceType: type, friendlyUniqueId: id } = resource;
  return Token.asString(ref(`${type}.${id}[each.key].${attribute}`, resource.cdktfStack));
}

/**
 * A reference to one instance of another construct is clear only with the same iterator in the same
 * stack.
 */
export function instanceProblems(
  property: string,
  forEach: ITerraformIterator | undefined,
  { encryption: other }: SealedBucket,
  scope: IConstruct,
): string[] {
  if (other.forEach === undefined || (other.forEach === forEach && inSameStack(scope, other))) return [];
  return [
    `${property} is declared with forEach, so it is unclear which of its buckets is meant; give both the same iterator in one stack, or a bucket without forEach`,
  ];
}

/** `named` is the resource that has the bucket's name. */
export function forEachProblems(
  { forEach, bucketName, importExisting }: NamedProps,
  named: TerraformResource,
  storage: ObjectStorageProvider,
): string[] {
  const text = bucketName === undefined ? undefined : givenName(named, "bucket")?.text;
  const usesIterator = text?.includes("each.") ?? false;
  if (forEach === undefined) {
    return usesIterator ? [`bucketName "${text}" comes from an iterator; give the iterator as forEach`] : [];
  }
  const names = usesIterator ? (namesOfInstances(named) ?? []) : [];
  return [
    ...(importExisting ? ["importExisting cannot be combined with forEach; import the buckets one by one"] : []),
    ...(text === undefined || usesIterator
      ? []
      : [`bucketName "${text}" would be the same for each bucket; build it from the iterator, as in iterator.key`]),
    ...namesGivenTwice(names),
    ...names.flatMap((name) => bucketNameProblems(name, storage)),
  ];
}

function namesGivenTwice(names: readonly string[]): string[] {
  return repeated(names).map((name) => `forEach gives the bucketName "${name}" twice; give each a name of its own`);
}

/** The arguments that all parts share: provider, bucket and instances. */
interface PartOf {
  readonly provider: TerraformProvider;
  readonly bucket: string;
  readonly forEach?: ITerraformIterator;
}

export function partOf({ storage, bucket }: Pick<DeclaredBucket, "storage" | "bucket">): PartOf {
  const { forEach } = bucket;
  return { provider: storage.aws, bucket: attributeOf(bucket, "id"), ...(forEach === undefined ? {} : { forEach }) };
}

/**
 * Whether `other` is a construct in the same stack as `scope`. A reference to a bucket may not be a
 * construct at all.
 */
export function inSameStack(scope: IConstruct, other: unknown): boolean {
  return Construct.isConstruct(other) && TerraformStack.of(scope) === TerraformStack.of(other);
}
