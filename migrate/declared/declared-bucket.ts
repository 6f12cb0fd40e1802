import { z } from "zod";
import { type BucketTarget, findProvider } from "../../providers/index.js";
import type { FoundOutput } from "./found-output.js";

/** A bucket that our constructs declared, as an output of Terraform tells it. */
export interface DeclaredBucket {
  /** `after-deploy`: a part of `target` is a Terraform reference (`${...}`), which only a deployment resolves. */
  readonly kind: "known" | "after-deploy";
  /** The output, or its path of constructs in a file that `cdktf` wrote. */
  readonly output: string;
  /** `null` where the file names no stack. */
  readonly stack: string | null;
  readonly target: BucketTarget;
}

const targetSchema = z.object({
  bucketseal: z.literal(1),
  bucket: z.string(),
  endpoint: z.string(),
  region: z.string(),
  provider: z.string().refine((id) => findProvider(id) !== undefined),
});

/** The bucket of an output; undefined where its value has a shape that this version does not know. */
export function declaredBucket({ output, stack, value }: FoundOutput): DeclaredBucket | undefined {
  const { success, data } = targetSchema.safeParse(value);
  if (!success) return undefined;
  const target = data as BucketTarget;
  const known = ![target.bucket, target.endpoint, target.region].some(isReference);
  return { kind: known ? "known" : "after-deploy", output, stack, target };
}

function isReference(text: string): boolean {
  return text.includes("${");
}
