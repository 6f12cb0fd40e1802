import { z } from "zod";
import { type BucketTarget, bucketTargetPrefix, findProvider, holdsSecret } from "../../providers/index.js";
import type { FoundOutput, TargetsSource } from "./read-outputs.js";
import { readOutputs, sourceName } from "./read-outputs.js";

export type DeclaredBuckets =
  | { readonly kind: "read"; readonly buckets: readonly DeclaredBucket[] }
  | { readonly kind: "bad"; readonly problems: readonly string[] };

/**
 * Reads the buckets that our constructs declared. The source is a `cdktf.out` folder, one of its stacks, or a
 * file (or its text) made by `terraform output -json`, `cdktf output --outputs-file` or `cdktf deploy
 * --outputs-file`.
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
  return `output "${output}" of "${name}" contains an endpoint with a user name or a password, which is not repeated here: deploy again without it`;
}

function unknownShape(name: string, { output, stack }: FoundOutput): string {
  const where = stack === null ? `"${name}"` : `stack "${stack}" in "${name}"`;
  return `output "${output}" of ${where} has a structure that this version does not support: deploy again with the constructs of this version`;
}

function noBucket(name: string): string {
  return `"${name}" contains no bucket: it has no output "${bucketTargetPrefix}..."; declare one as an EncryptedBucket, or deploy first`;
}

/**
 * A bucket that our constructs declared, read from a Terraform output. An output with `forEach` has several.
 */
export interface DeclaredBucket {
  /**
   * `after-deploy`: a part of `target` is a Terraform reference (`${...}`), which only a deployment resolves.
   */
  readonly kind: "known" | "after-deploy";
  /** The name of the output, or its path of constructs in a file that `cdktf` wrote. */
  readonly output: string;
  /** `null` if the file names no stack. */
  readonly stack: string | null;
  readonly target: BucketTarget;
}

const place = {
  bucketseal: z.literal(1),
  endpoint: z.string(),
  region: z.string(),
  provider: z.string().refine((id) => findProvider(id) !== undefined),
};
const targetSchema = z.object({ ...place, bucket: z.string() });
/** The output of a construct with `forEach`: bucket names by key, or the reference that resolves to them. */
const targetsSchema = z.object({
  ...place,
  buckets: z.union([z.record(z.string(), z.string()), z.string().refine(isReference)]),
});

/** The buckets of an output; undefined if this version does not know the shape of its value. */
function declaredBuckets({ output, stack, value }: FoundOutput): DeclaredBucket[] | undefined {
  const one = targetSchema.safeParse(value);
  if (one.success) return [declared(output, stack, one.data as BucketTarget)];
  const { success, data } = targetsSchema.safeParse(value);
  if (!success) return undefined;
  const { buckets, ...rest } = data;
  if (typeof buckets === "string") return [declared(output, stack, { ...rest, bucket: buckets } as BucketTarget)];
  return Object.entries(buckets).map(([key, bucket]) =>
    declared(`${output}[${JSON.stringify(key)}]`, stack, { ...rest, bucket } as BucketTarget),
  );
}

function declared(output: string, stack: string | null, target: BucketTarget): DeclaredBucket {
  const known = ![target.bucket, target.endpoint, target.region].some(isReference);
  return { kind: known ? "known" : "after-deploy", output, stack, target };
}

function isReference(text: string): boolean {
  return text.includes("${");
}
