import { z } from "zod";
import { bucketTargetPrefix } from "../../providers/index.js";
import type { FoundOutput } from "./found-output.js";

const entriesSchema = z.record(z.string(), z.record(z.string(), z.unknown()));
/** CDKTF writes `//` into every stack, which no output can be called. */
const stackSchema = z.object({
  "//": z.object({ metadata: z.object({ stackName: z.string() }).optional() }),
  output: entriesSchema.optional(),
});

/**
 * Our outputs in a JSON document: a synthesised stack, what `terraform output -json` prints, or what `cdktf` writes to its
 * `--outputs-file`. Undefined where it is none of these.
 */
export function ourOutputs(document: unknown): FoundOutput[] | undefined {
  const stack = stackSchema.safeParse(document);
  if (stack.success) return outputsOfStack(document, stack.data["//"].metadata?.stackName ?? null);
  const entries = entriesSchema.safeParse(document);
  if (!entries.success) return undefined;
  return Object.values(entries.data).every((entry) => "value" in entry)
    ? namedOutputs(entries.data, null)
    : Object.entries(entries.data).flatMap(([name, constructs]) => outputsOfConstructs(constructs, name, []));
}

/** The same of a document that is known to be a synthesised stack. */
export function outputsOfStack(document: unknown, stack: string | null): FoundOutput[] | undefined {
  const { success, data } = z.object({ output: entriesSchema.optional() }).safeParse(document);
  return success ? namedOutputs(data.output ?? {}, stack) : undefined;
}

function namedOutputs(entries: z.infer<typeof entriesSchema>, stack: string | null): FoundOutput[] {
  return Object.entries(entries)
    .filter(([output]) => output.startsWith(bucketTargetPrefix))
    .map(([output, { value }]) => ({ output, stack, value }));
}

/** `cdktf` names an output by its path of constructs, so that nothing but its value tells ours from others. */
function outputsOfConstructs(found: unknown, stack: string, path: readonly string[]): FoundOutput[] {
  if (typeof found !== "object" || found === null || Array.isArray(found)) return [];
  if ("bucketseal" in found) return [{ output: path.join("/"), stack, value: found }];
  return Object.entries(found).flatMap(([name, inner]) => outputsOfConstructs(inner, stack, [...path, name]));
}
