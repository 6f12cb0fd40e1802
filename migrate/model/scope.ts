import { z } from "zod";

/** A part of a bucket that a run covers; an empty prefix is the whole bucket. */
export const scopeSchema = z.object({ bucket: z.string(), prefix: z.string() });
export type Scope = z.infer<typeof scopeSchema>;
