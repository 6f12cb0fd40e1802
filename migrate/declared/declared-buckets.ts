import { z } from "zod";
import { type BucketTarget, findProvider } from "../../providers/index.js";
import type { FoundOutput } from "./found-output.js";

/** A bucket that our constructs declared, as an output of Terraform tells it; one with `forEach` tells several. */
export interface DeclaredBucket {
  /** `after-deploy`: a part of `target` is a Terraform reference (`${...}`), which only a deployment resolves. */
  readonly kind: "known" | "after-deploy";
  /** The output, or its path of constructs in a file that `cdktf` wrote. */
  readonly output: string;
  /** `null` where the file names no stack. */
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
/** Of a construct with `forEach`: names by key, or the reference that comes to them. */
const targetsSchema = z.object({
  ...place,
  buckets: z.union([z.record(z.string(), z.string()), z.string().refine(isReference)]),
});

/** The buckets of an output; undefined where its value has a shape that this version does not know. */
export function declaredBuckets({ output, stack, value }: FoundOutput): DeclaredBucket[] | undefined {
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
