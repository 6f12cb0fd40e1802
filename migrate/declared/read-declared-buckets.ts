import { bucketTargetPrefix, holdsSecret } from "../../providers/index.js";
import { type DeclaredBucket, declaredBuckets } from "./declared-buckets.js";
import type { FoundOutput } from "./found-output.js";
import { readOutputs } from "./read-outputs.js";
import { sourceName, type TargetsSource } from "./targets-source.js";

export type DeclaredBuckets =
  | { readonly kind: "read"; readonly buckets: readonly DeclaredBucket[] }
  | { readonly kind: "bad"; readonly problems: readonly string[] };

/**
 * The buckets that our constructs declared, from a `cdktf.out` folder, one of its stacks, or a file (or its text) made by
 * `terraform output -json`, `cdktf output --outputs-file` or `cdktf deploy --outputs-file`.
 */
export async function readDeclaredBuckets(source: TargetsSource): Promise<DeclaredBuckets> {
  const { outputs, problems } = await readOutputs(source);
  const name = sourceName(source);
  const found = outputs.map(declaredBuckets);
  const unknown = outputs.filter((_, index) => found[index] === undefined).map((output) => unknownShape(name, output));
  const withSecret = outputs.filter((_, index) =>
    found[index]?.some(({ target: { endpoint } }) => holdsSecret(endpoint)),
  );
  const all = [...problems, ...unknown, ...withSecret.map((output) => secretInTarget(name, output))];
  if (all.length === 0 && outputs.length === 0) all.push(noBucket(name));
  if (all.length > 0) return { kind: "bad", problems: all };
  return { kind: "read", buckets: found.flatMap((buckets) => buckets ?? []) };
}

function secretInTarget(name: string, { output }: FoundOutput): string {
  return `output "${output}" of "${name}" names an endpoint with a user name or a password, which is not repeated here: deploy again without it`;
}

function unknownShape(name: string, { output, stack }: FoundOutput): string {
  const where = stack === null ? `"${name}"` : `stack "${stack}" in "${name}"`;
  return `output "${output}" of ${where} has a shape that this version does not know: deploy again with the constructs of this version`;
}

function noBucket(name: string): string {
  return `"${name}" names no bucket: it has no output "${bucketTargetPrefix}..."; declare one as an EncryptedBucket, or deploy first`;
}
