import type { BucketTarget } from "../../providers/index.js";
import type { DeclaredBucket } from "../declared/declared-buckets.js";
import { readDeclaredBuckets } from "../declared/read-declared-buckets.js";
import { sourceName, type TargetsSource } from "../declared/targets-source.js";

export type TargetsFile =
  | { readonly kind: "read"; readonly targets: readonly BucketTarget[] }
  | { readonly kind: "bad"; readonly problems: readonly string[] };

/** The declared buckets that a run is to cover, none of which may be known only once it is deployed. */
export async function readTargets(source: TargetsSource): Promise<TargetsFile> {
  const read = await readDeclaredBuckets(source);
  if (read.kind === "bad") return read;
  const problems = read.buckets
    .filter(({ kind }) => kind === "after-deploy")
    .map((bucket) => notDeployed(sourceName(source), bucket));
  return problems.length > 0
    ? { kind: "bad", problems }
    : { kind: "read", targets: read.buckets.map(({ target }) => target) };
}

function notDeployed(name: string, { output }: DeclaredBucket): string {
  return `output "${output}" of "${name}" is known only once it is deployed: give a file made by \`terraform output -json\` or \`cdktf output --outputs-file\` instead`;
}
