import { type BucketUse, rightsFor, testObjectPrefixes } from "../../providers/index.js";
import { keepPolicyVariables } from "./keep-policy-variables.js";

/** A bucket as its ARN, and the objects in it that are meant. */
export interface Scope {
  readonly arn: string;
  /** What the keys begin with; everything if empty. */
  readonly prefix: string;
}

export interface UserStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** The statements that allow a use of buckets, with those actions only that `isKnown`. */
export function rightsStatements(
  use: BucketUse,
  scopes: readonly Scope[],
  isKnown: (action: string) => boolean = () => true,
): UserStatement[] {
  const { bucket, objects, testObjects } = rightsFor[use];
  const statement = (Sid: string, actions: readonly string[], Resource: readonly string[]): UserStatement => ({
    Sid,
    Effect: "Allow",
    Action: actions.filter(isKnown),
    Resource,
  });
  const all = [
    statement(
      "TheBucketItself",
      bucket,
      scopes.map(({ arn }) => arn),
    ),
    statement(
      "ItsObjects",
      objects,
      scopes.map(({ arn, prefix }) => `${arn}/${prefix}*`),
    ),
    statement(
      "OnlyItsTestObjects",
      testObjects,
      scopes.flatMap(({ arn, prefix }) => testObjectPrefixes.map((each) => `${arn}/${prefix}${each}*`)),
    ),
  ];
  return all.filter(({ Action }) => Action.length > 0);
}

/** A policy of a user or a role as JSON, in which references stay references. */
export function userPolicy(document: { readonly Version?: string; readonly Statement: readonly object[] }): string {
  return keepPolicyVariables(JSON.stringify(document));
}
