import { choice, type Fields } from "../checked-props.js";
export interface RequireEncryptionProps {
  /**
   * What is done about a bucket without an encryption default: `error` fails the synth, `warn` says so and goes on, and `fix` adds the
   * SSE-S3 default where none is declared; what cannot be fixed, such as a default that may or may not be the bucket's, is an error then.
   * @default "error"
   */
  readonly mode?: "error" | "warn" | "fix";
  /**
   * What is done about a Terraform module, whose buckets cannot be seen.
   * @default "warn"
   */
  readonly modules?: "error" | "warn" | "ignore";
}

export const requireEncryptionFields = {
  mode: choice(["error", "warn", "fix"]).optional(),
  modules: choice(["error", "warn", "ignore"]).optional(),
} satisfies Fields<RequireEncryptionProps>;
