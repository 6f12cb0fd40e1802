import { readFile } from "node:fs/promises";
import { z } from "zod";
import { type Capabilities, documentedCapabilities, PROPERTIES } from "../model/capabilities.js";
import { STRATEGIES } from "../model/reason.js";
import type { Scope } from "../model/scope.js";
import type { Fields } from "./option-table.js";
import type { Place } from "./place.js";

const bytes = z.number().nonnegative();

export const capabilitiesSchema = z.object({
  sseS3: z.boolean(),
  encryptsAlways: z.boolean(),
  selfCopy: z.boolean(),
  selfCopyReplacing: z.boolean(),
  uploadPartCopy: z.boolean(),
  partCopyTakesPercent: z.boolean().default(false),
  partEtagIsMd5: z.boolean().default(false),
  updatesEncryption: z.boolean().default(false),
  putIfMatch: z.boolean(),
  copyIfMatch: z.boolean(),
  copySourceIfMatch: z.boolean(),
  partCopySourceIfMatch: z.boolean(),
  completeMultipartIfMatch: z.boolean(),
  conditionsOnCustomerKeys: z.boolean(),
  etagForm: z.enum(["quoted", "bare"]),
  objectAcl: z.boolean(),
  objectTagging: z.boolean(),
  taggingHeader: z.boolean(),
  headCountsTags: z.boolean().default(true),
  copyKeepsMetadata: z.boolean(),
  copyKeepsTags: z.boolean(),
  copyTakesAcl: z.boolean(),
  putTakesAcl: z.boolean().default(true),
  uploadTakesAcl: z.boolean().default(true),
  grantForm: z.enum(["quoted", "bare"]).default("quoted"),
  copyTakesStorageClass: z.boolean(),
  // Older probes did not determine this.
  ownerOfWrites: z.string().nullable().default(null),
  lostBy: z.partialRecord(z.enum(STRATEGIES), z.array(z.enum(PROPERTIES))).default({}),
  closedWays: z.array(z.enum(STRATEGIES)).default([]),
  closedToCustomerKeys: z.array(z.enum(STRATEGIES)).default([]),
  onlineClasses: z.array(z.string()).default([]),
  archiveClasses: z.array(z.string()),
  maxCopyBytes: bytes,
  minPartBytes: bytes,
  maxPartBytes: bytes,
  maxParts: z.number().int().positive(),
  maxObjectBytes: bytes,
}) satisfies z.ZodType<Capabilities>;

const probeSchema = z.object({
  kind: z.literal("probe"),
  bucket: z.string(),
  endpoint: z.string(),
  end: z.literal("completed"),
  capabilities: capabilitiesSchema,
});

type CapabilitiesFile =
  | { readonly kind: "read"; readonly bucket: string; readonly endpoint: string; readonly capabilities: Capabilities }
  | { readonly kind: "bad"; readonly problem: string };

/**
 * Reads the output of `bucketseal probe --json`: one JSON object per line, the last of which is the complete
 * probe.
 */
async function readCapabilities(path: string): Promise<CapabilitiesFile> {
  try {
    const lines = (await readFile(path, "utf8")).trim().split("\n");
    return { ...probeSchema.parse(JSON.parse(lines.at(-1) ?? "")), kind: "read" };
  } catch (error) {
    const why = error instanceof Error && "code" in error ? error.message : "it does not end with a completed probe";
    const wanted = "give a file made by `bucketseal probe s3://BUCKET --json`";
    return { kind: "bad", problem: `--capabilities: "${path}" cannot be used (${why}): ${wanted}` };
  }
}

/** The capabilities that the plan is based on, and their source. */
export interface KnownCapabilities {
  readonly from: "documents" | "probe";
  readonly values: Capabilities;
}

/** Uses the probe of this bucket if one is given, else the provider's documentation. */
export async function resolveCapabilities(
  { capabilities: path, allBuckets }: Fields,
  { provider, endpoint }: Place,
  scopes: readonly Scope[],
  problems: string[],
): Promise<KnownCapabilities> {
  const documented: KnownCapabilities = { from: "documents", values: documentedCapabilities(provider) };
  if (path === undefined) return documented;
  const probe = await readCapabilities(path);
  if (probe.kind === "bad") {
    problems.push(probe.problem);
    return documented;
  }
  const others = scopes.map(({ bucket }) => bucket).filter((bucket) => bucket !== probe.bucket);
  if (allBuckets || others.length > 0 || probe.endpoint !== endpoint) {
    const probed = `bucket "${probe.bucket}" at ${probe.endpoint}`;
    problems.push(`--capabilities: "${path}" is a probe of ${probed}: probe each bucket, and run once for each`);
  }
  return { from: "probe", values: probe.capabilities };
}
