import { resourcesOf, type Synthesised } from "./synth.js";

export interface RenderedStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface RenderedPolicy {
  readonly Version: string;
  readonly Statement: readonly RenderedStatement[];
}

/** The only bucket policy of a synthesised stack, as the JSON that it is. */
export function policyOf(synthesised: Synthesised): RenderedPolicy {
  const policies = resourcesOf(synthesised, "aws_s3_bucket_policy");
  if (policies.length !== 1) throw new Error(`${policies.length} bucket policies`);
  return JSON.parse(String(policies[0]?.policy)) as RenderedPolicy;
}

export function statementOf(synthesised: Synthesised, sid: string): RenderedStatement | undefined {
  return policyOf(synthesised).Statement.find(({ Sid }) => Sid === sid);
}
