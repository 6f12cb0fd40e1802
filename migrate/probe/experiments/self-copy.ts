import { attempt } from "../attempt.js";
import { KEEPING } from "../copy-style.js";
import { type Finding, type NotObservable, notObservable, refusal, type Topic, yes } from "../finding.js";
import type { ProbeSession } from "../probe-session.js";
import { UNSET_DEFAULTS } from "./default-encryption.js";
import type { Experiment } from "./experiment.js";
import { sseOnHead } from "./reports-sse.js";

const TOPIC: Topic = "self-copy";

/** Of an object that is plaintext for certain: a copy of an encrypted one is another question. */
export const selfCopy: Experiment = {
  topics: [TOPIC],
  run: async (session) => {
    const { store, put } = session;
    const sample = await put("self-copy");
    const obstacle = notPlaintext(session, await sseOnHead(store, sample));
    if (obstacle !== null) return [notObservable(TOPIC, obstacle)];
    const copied = await attempt(store.copyObject({ ...sample, headers: KEEPING }));
    return [copied.kind === "accepted" ? yes(TOPIC, "copyObject", "accepted") : refusal(TOPIC, copied.error)];
  },
};

function notPlaintext({ found, provider }: ProbeSession, sse: string | null): NotObservable | null {
  if (sse !== null) return "encrypted-on-arrival";
  if (provider.encryption.atRest.value === "always") return "always-encrypted";
  const byDefault = found.get("default-encryption");
  if (byDefault?.kind === "is" && !UNSET_DEFAULTS.includes(byDefault.value)) return "default-encryption-set";
  const headTells = found.get("head-sse-after-put")?.kind === "yes";
  return headTells || isUnset(byDefault) ? null : "plaintext-unproven";
}

function isUnset(byDefault: Finding | undefined): boolean {
  return byDefault?.kind === "is" || byDefault?.kind === "no";
}
