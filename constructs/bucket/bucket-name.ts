import { isKnownLater } from "../features/literal.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

/** What is wrong with a bucket's name on this store; a name that Terraform only knows later cannot be judged, nor one that is missing. */
export function bucketNameProblems(name: string | undefined, storage: ObjectStorageProvider): string[] {
  if (name === undefined || isKnownLater(name)) return [];
  const { refusedInBucketNames, reservedBucketNames } = storage.store;
  const rules: readonly (readonly [broken: boolean, rule: string])[] = [
    [name.length < 3 || name.length > 63, "has 3 to 63 characters"],
    [/[^a-z0-9.-]/.test(name), "holds lower-case letters, digits, dots and hyphens only"],
    [/^[.-]|[.-]$/.test(name), "begins and ends with a letter or digit"],
    [/^\d+\.\d+\.\d+\.\d+$/.test(name), "does not look like an IP address"],
    ...refusedInBucketNames.value.map((text) => [name.includes(text), `does not hold "${text}"`] as const),
    ...reservedBucketNames.value.map(({ pattern, reason }) => [new RegExp(pattern).test(name), reason] as const),
    [needsPathStyle(name, storage), "has no dot unless the ObjectStorageProvider has pathStyle: true"],
  ];
  const broken = rules.filter(([isBroken]) => isBroken).map(([, rule]) => rule);
  return broken.length === 0
    ? []
    : [`bucket name "${name}" cannot be used on ${storage.store.name}: a name ${broken.join(", ")}`];
}

// A wildcard certificate covers one label, so TLS fails on https://my.bucket.s3.example.
function needsPathStyle(name: string, storage: ObjectStorageProvider): boolean {
  return name.includes(".") && !storage.pathStyle && !storage.endpoint.startsWith("http://");
}
