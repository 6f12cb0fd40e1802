import type { BucketPolicyFinding, LifecycleFinding, ReplicationFinding } from "../journal/bucket-record.js";
import type { BucketInput, ObjectStore } from "../store/object-store.js";
import { policyStatements } from "./policy-statements.js";
import { refusalOfSetting } from "./read-setting.js";

const MOST_HELD = 100;

export interface RulesFound {
  readonly lifecycle: LifecycleFinding;
  readonly replication: ReplicationFinding;
  readonly policy: BucketPolicyFinding;
}

/** What others have laid down for a bucket. Whatever of it cannot be read is said, and ends nothing. */
export async function readRules(store: ObjectStore, input: BucketInput): Promise<RulesFound> {
  return {
    lifecycle: await rulesOf(async () => (await store.getBucketLifecycle(input)).map(withActions)),
    replication: await rulesOf(async () => (await store.getBucketReplication(input)).map((rule) => ({ ...rule }))),
    policy: await policyOf(store, input),
  };
}

function withActions<T extends { readonly actions: readonly object[] }>({ actions, ...rule }: T) {
  return { ...rule, actions: actions.map((action) => ({ ...action })) as T["actions"][number][] };
}

type Rules<T> = { kind: "absent" | "unsupported" | "unreadable" } | { kind: "present"; total: number; first: T[] };

async function rulesOf<T>(read: () => Promise<readonly T[]>): Promise<Rules<T>> {
  try {
    const rules = await read();
    if (rules.length === 0) return { kind: "absent" };
    return { kind: "present", total: rules.length, first: rules.slice(0, MOST_HELD) };
  } catch (error) {
    return { kind: refusalOfSetting(error) };
  }
}

async function policyOf(store: ObjectStore, input: BucketInput): Promise<BucketPolicyFinding> {
  try {
    const document = await store.getBucketPolicy(input);
    return document === "" ? { kind: "absent" } : (policyStatements(document) ?? { kind: "unreadable" });
  } catch (error) {
    return { kind: refusalOfSetting(error) };
  }
}
