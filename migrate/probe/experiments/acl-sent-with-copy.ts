import { attempt } from "../attempt.js";
import { no, notObservable, refusal, yes } from "../finding.js";
import { copyExperiment } from "./experiment.js";
import { isSameAcl, putWithGrants } from "./put-with-grants.js";

const TOPIC = "acl-sent-with-copy";

/** Of an object that has these grants before, as those of a migration do: whether kept or taken, they are there afterwards. */
export const aclSentWithCopy = copyExperiment(TOPIC, async (session, style) => {
  const put = await putWithGrants(session, "acl-sent");
  if (put.kind === "no-acl") return notObservable(TOPIC, "no-acl");
  const { sample, headers, grants } = put;
  const copied = await attempt(session.store.copyObject({ ...sample, headers: { ...style.headers, ...headers } }));
  if (copied.kind === "refused") return refusal(TOPIC, copied.error);
  const { bucket, key } = sample;
  const after = (await session.store.getObjectAcl({ bucket, key })).grants;
  const same = isSameAcl(after, grants);
  return (same ? yes : no)(TOPIC, "getObjectAcl", `${after.length} grant(s), ${grants.length} sent`);
});
