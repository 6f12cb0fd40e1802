import { z } from "zod";
import { STRATEGIES } from "../journal/ways.js";
import {
  COPY_REASONS,
  ENCRYPTED_REASONS,
  FAIL_REASONS,
  NOT_FOUND_REASONS,
  REFUSE_REASONS,
  SKIP_REASONS,
} from "./reason.js";

/** What was decided before anything was written. */
export const decisionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none"), reason: z.enum(["vanished", ...NOT_FOUND_REASONS, ...FAIL_REASONS]) }),
  z.object({ kind: z.literal("skip"), reason: z.enum([...ENCRYPTED_REASONS, ...SKIP_REASONS]) }),
  z.object({ kind: z.enum(STRATEGIES), reason: z.enum(COPY_REASONS) }),
  z.object({ kind: z.literal("refuse"), reason: z.enum(REFUSE_REASONS) }),
]);

export type Decision = z.infer<typeof decisionSchema>;
