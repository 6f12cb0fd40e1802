import { readFile } from "node:fs/promises";
import { z } from "zod";
import { type Capabilities, PROPERTIES } from "../model/capabilities.js";
import { STRATEGIES } from "../model/strategy.js";

const bytes = z.number().nonnegative();

export const capabilitiesSchema = z.object({
  sseS3: z.boolean(),
  encryptsAlways: z.boolean(),
  selfCopy: z.boolean(),
  selfCopyReplacing: z.boolean(),
  uploadPartCopy: z.boolean(),
  partCopyTakesPercent: z.boolean().default(false),
  partEtagIsMd5: z.boolean().default(false),
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
  // Probes of before it was asked do not know.
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

export type CapabilitiesFile =
  | { readonly kind: "read"; readonly bucket: string; readonly endpoint: string; readonly capabilities: Capabilities }
  | { readonly kind: "bad"; readonly problem: string };

/** Reads what `bucketseal probe --json` printed: one JSON object a line, the whole of the probe last. */
export async function readCapabilities(path: string): Promise<CapabilitiesFile> {
  try {
    const lines = (await readFile(path, "utf8")).trim().split("\n");
    return { ...probeSchema.parse(JSON.parse(lines.at(-1) ?? "")), kind: "read" };
  } catch (error) {
    const why = error instanceof Error && "code" in error ? error.message : "it does not end with a completed probe";
    const wanted = "give a file made by `bucketseal probe s3://BUCKET --json`";
    return { kind: "bad", problem: `--capabilities: "${path}" cannot be used (${why}): ${wanted}` };
  }
}
