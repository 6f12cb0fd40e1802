import { intersection, isEmpty, type VersionRange, versionNumber, versionRange } from "./version-range.js";

const ISSUE = "https://github.com/hashicorp/terraform-provider-aws/issues/45520";

/** From 6.23 on the AWS provider reads a bucket's tags through S3 Control, which needs the account id: every plan fails (also issues 46202 and 45784). */
const WITH_ACCOUNT_ID: VersionRange = { from: versionNumber(6, 23), before: versionNumber(6, 27) };

/**
 * 6.27 does without that id again, by its changelog (pull request 45576). Buckets still cannot be made on OVHcloud by later ones: 6.23 began to
 * send tags in the request that makes a bucket (issue 47061), which pull request 47530 mends in a release that was not found out.
 */
const UNTRIED: VersionRange = { from: versionNumber(6, 27), before: Number.POSITIVE_INFINITY };

const WORKING = ['"~> 5.100"', '">= 6.0, < 6.23"'].join(" or ");

/** The AWS provider to require where the account id is skipped, given the version that the bindings were made for. */
export function workingVersion(bindingsVersion: string | undefined): string {
  return bindingsVersion?.startsWith("6.") ? ">= 6.0, < 6.23" : "~> 5.100";
}

/** What is wrong with a constraint on the AWS provider's version where the account id is skipped. */
export function versionProblems(constraint: string, store: string, acceptUntried: boolean): string[] {
  const range = versionRange(constraint);
  if (range === undefined)
    return [`"${constraint}" is no version constraint of Terraform's; write one such as ${WORKING}`];
  if (isEmpty(range)) return [`no version of the AWS provider meets "${constraint}"; require ${WORKING}`];
  if (!isEmpty(intersection(range, WITH_ACCOUNT_ID))) return [needsAccountId(constraint, store)];
  return acceptUntried || isEmpty(intersection(range, UNTRIED)) ? [] : [untried(constraint, store)];
}

function needsAccountId(constraint: string, store: string): string {
  return (
    `version "${constraint}" of the AWS provider can be one from 6.23 to 6.26, which fail on ${store} and wherever the account id ` +
    `is skipped (${ISSUE}, also 46202 and 45784); require ${WORKING}`
  );
}

function untried(constraint: string, store: string): string {
  return (
    `version "${constraint}" of the AWS provider can be 6.27 or later, which was not tried on ${store}: by its changelog it works without ` +
    `an account id again (${ISSUE}), and on OVHcloud it may not make buckets ` +
    "(https://github.com/hashicorp/terraform-provider-aws/issues/47061); " +
    `require ${WORKING}, or try it and say acceptUntriedAwsProvider: true`
  );
}
