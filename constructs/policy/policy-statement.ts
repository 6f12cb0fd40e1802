import { choice, type Fields, given, list, text } from "../checked-props.js";
/** One statement of a bucket policy, in the terms of the policy language. */
export interface PolicyStatement {
  /**
   * A name for the statement, used once in a policy.
   * @default - none
   */
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  /** `"*"` for everybody, else by their kind: `{ AWS: [roleArn] }`, `{ Service: "logging.s3.amazonaws.com" }`, `{ SCW: "user_id:..." }`. */
  readonly principals: "*" | Readonly<Record<string, string | readonly string[]>>;
  /** Such as `s3:GetObject`. */
  readonly actions: readonly string[];
  /**
   * What the statement is about, in the store's own form.
   * @default - the bucket and all its objects
   */
  readonly resources?: readonly string[];
  /**
   * By operator and then by key: `{ Bool: { "aws:SecureTransport": "false" } }`. Policy variables such as `${aws:username}`
   * reach the store as they are.
   * @default - none
   */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export const policyStatementFields = {
  sid: text().optional(),
  effect: choice(["Allow", "Deny"]),
  principals: given('"*", or an object of texts'),
  actions: list(text()),
  resources: list(text()).optional(),
  conditions: given("an object").optional(),
} satisfies Fields<PolicyStatement>;
