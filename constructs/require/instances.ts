import type { Attributes } from "./resource-attributes.js";

/** How many instances Terraform makes of a resource: one, or as many as `by` (the text of its `count` or `for_each`) comes to. */
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

/** Whether `defaults`, which name the bucket at `address` by `index`, are as many as its instances. */
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

// The usual `count = condition ? 1 : 0` has but one instance, which others refer to as [0].
const AT_MOST_ONE = /^1$|\? 1 : 0\)*\}"$/;

function coversCount(defaults: Instances, count: string, index: string, address: string): boolean {
  if (defaults.kind !== "count") return count === "1" && defaults.kind === "one" && index === "[0]";
  const asMany = defaults.by === count || defaults.by === JSON.stringify(`\${length(${address})}`);
  return asMany && (index === "[count.index]" || (index === "[0]" && AT_MOST_ONE.test(count)));
}

function coversEach(defaults: Instances, each: string, index: string, address: string): boolean {
  if (defaults.kind !== "each") return false;
  if (defaults.by === JSON.stringify(`\${${address}}`)) return index === "[each.key]";
  // Of a set the value is the key.
  const isKey = index === "[each.key]" || (index === "[each.value]" && each.startsWith('"${toset('));
  return defaults.by === each && isKey;
}
