import { documentedCapabilities } from "../../model/capabilities.js";
import type { Policy } from "../../model/policy.js";
import type { StrategyName } from "../../model/strategy.js";
import { SSE_S3 } from "../../model/target-sse-s3.js";
import { type CanaryResult, tryCanary } from "../../object/canary.js";
import { putLaden } from "../../object/canary-object.js";
import type { CopyTools } from "../../object/copy-job.js";
import { type Answer, lost, notObservable, type Topic, yes } from "../answer.js";
import type { Experiment, ProbeSession } from "../probe-session.js";
import { probedCapabilities } from "../probed-capabilities.js";

/** Updating the encryption needs a KMS key, which a probe does not have: the run tries it. */
type CopyingStrategy = Exclude<StrategyName, "update-encryption">;

const TOPICS: Readonly<Record<CopyingStrategy, Topic>> = {
  copy: "kept-by-copy",
  "copy-replacing": "kept-by-copy-replacing",
  "copy-multipart": "kept-by-copy-in-parts",
  rewrite: "kept-by-rewrite",
};

/** The policy for the copies of a run, without the conditions that other experiments test. */
const POLICY: Policy = {
  target: SSE_S3,
  copyCutoffBytes: Number.MAX_SAFE_INTEGER,
  partBytes: 8 * 1024 * 1024,
  rewriteBelowBytes: 0,
  race: "off",
  etag: "any",
  acceptLoss: [],
};

const CONTEXT: CopyTools["context"] = {
  policy: POLICY,
  partLimit: (work) => work(),
  // The prefix of its key was recorded before anything was written, and the store records uploads.
  journal: { append: () => Promise.resolve() },
  now: () => new Date(),
};

/** Copies a complete test object with each strategy, using the same code as for real objects. */
export const keptByWays: readonly Experiment[] = (Object.keys(TOPICS) as CopyingStrategy[]).map((way) => ({
  topics: [TOPICS[way]],
  run: async (session) => [await keptBy(way, session)],
}));

async function keptBy(strategy: CopyingStrategy, session: ProbeSession): Promise<Answer> {
  const { store, bucket, folder, found, provider } = session;
  const topic = TOPICS[strategy];
  if (found.get("put-with-sse")?.kind === "no") return notObservable(topic, "sse-refused");
  const capabilities = probedCapabilities([...found.values()], documentedCapabilities(provider));
  const tools: CopyTools = { context: CONTEXT, store, capabilities };
  const object = await putLaden({ ...tools, strategy }, { bucket, key: `${folder}kept-by-${strategy}` });
  return findingOf(topic, await tryCanary(object, strategy, tools), session);
}

function findingOf(topic: Topic, result: CanaryResult, { found }: ProbeSession): Answer {
  if (result.kind === "passed") return yes(topic, "headObject", "all of it");
  if (result.kind === "failed" && result.isCorrupt) return lost(topic, ["body"], result.detail);
  if (result.kind === "failed" || result.kind === "refused" || result.kind === "inconclusive") {
    return notObservable(topic, topic === "kept-by-copy-in-parts" ? "part-copy-refused" : "copy-refused");
  }
  // If a store shows no encryption after a PUT that requested it, it never shows any.
  const isShown = found.get("head-sse-after-put")?.kind === "yes";
  const properties = result.lost.filter((property) => property !== "encryption" || isShown);
  return properties.length === 0
    ? yes(topic, "headObject", "all of it")
    : lost(topic, properties, `lost: ${properties.join(", ")}`);
}
