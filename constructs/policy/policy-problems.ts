import { supportProblems } from "../features/support-problems.js";
import { wayOut } from "../features/way-out.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import type { AskedStatement } from "./asked-statement.js";
import { holdsReferenceList } from "./holds-reference-list.js";
import { statementLimits } from "./statement-limits.js";

/** Why the store would not take the policy, or would take it and not do what it says; each reason once for each property. */
export function policyProblems(asked: readonly AskedStatement[], storage: ObjectStorageProvider): string[] {
  const problems = asked.flatMap((each) => {
    const lacking = supportProblems(each.askedBy, "policy", storage);
    return lacking.length > 0 ? lacking : [...limitProblems(each, storage), ...malformed(each)];
  });
  return [...new Set([...problems, ...repeatedSids(asked)])];
}

function limitProblems({ askedBy, statement }: AskedStatement, storage: ObjectStorageProvider): string[] {
  return statementLimits(statement, storage).map(
    ({ words, source }) =>
      `${askedBy} cannot be used on ${storage.store.name}, whose bucket policies ${words} (${source}): ${wayOut("policy", storage)}`,
  );
}

function malformed({ askedBy, statement }: AskedStatement): string[] {
  return [
    ...(statement.actions.length === 0 ? [`${askedBy} names no action, such as s3:GetObject`] : []),
    ...(statement.resources?.length === 0
      ? [`${askedBy} has an empty list of resources; leave it out for the bucket and all its objects`]
      : []),
    ...(holdsReferenceList(statement)
      ? [`${askedBy} holds a list that is a reference; give a list of strings, each of which may be one`]
      : []),
  ];
}

function repeatedSids(asked: readonly AskedStatement[]): string[] {
  const sids = asked.flatMap(({ statement: { sid } }) => (sid === undefined ? [] : [sid]));
  const repeated = new Set(sids.filter((sid, index) => sids.indexOf(sid) !== index));
  return [...repeated].map(
    (sid) => `the bucket policy has more than one statement with the sid "${sid}"; name each once`,
  );
}
