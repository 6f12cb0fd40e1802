import { z } from "zod";
import { DEFAULT_ENCRYPTIONS } from "../model/encryption.js";

/** What was read of a bucket once more when its objects were done. */
export const bucketAtEndSchema = z.object({
  readAt: z.string(),
  defaultEncryption: z.enum(DEFAULT_ENCRYPTIONS),
  /** `null` where they could not be listed. */
  openUploads: z
    .object({
      open: z.number().int().nonnegative(),
      /** What was begun by then may land as the bucket's default was before. */
      begunUpTo: z.string(),
      earlier: z.number().int().nonnegative(),
      /** The first hundred of the earlier ones. */
      firstEarlier: z.array(z.object({ key: z.string(), uploadId: z.string(), initiatedAt: z.string().nullable() })),
    })
    .nullable(),
});
export type BucketAtEnd = z.infer<typeof bucketAtEndSchema>;
