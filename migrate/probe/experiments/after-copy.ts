import { createHash } from "node:crypto";
import { documentedCapabilities } from "../../model/capabilities.js";
import type { Policy } from "../../model/policy.js";
import type { StrategyName } from "../../model/reason.js";
import { SSE_S3 } from "../../model/target-sse.js";
import { type CanaryResult, tryCanary } from "../../object/canary.js";
import { putLaden } from "../../object/canary-object.js";
import type { CopyTools } from "../../object/copy-job.js";
import { StoreError } from "../../store/store-error.js";
import { bareEtag } from "../../store/wire.js";
import { type Answer, failed, is, lost, no, notObservable, refusal, TOPICS, type Topic, yes } from "../answer.js";
import { copyExperiment, copyStyle, type Experiment, type ProbeSession } from "../probe-session.js";
import { probedCapabilities } from "../probed-capabilities.js";
import { reportsSse } from "./puts.js";

const BODY_TOPIC = "body-after-copy";

const bodyAfterCopy = copyExperiment(BODY_TOPIC, async ({ store, put }, { headers }) => {
  const sample = await put("body");
  const { bucket, key, body } = sample;
  await store.copyObject({ ...sample, headers });
  try {
    const same = Buffer.from(body).equals((await store.getObject({ bucket, key })).body);
    return same ? yes(BODY_TOPIC, "getObject", "every byte") : no(BODY_TOPIC, "getObject", "the bytes differ");
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // Errors about permissions or the network reveal nothing. Any other error shows that the copy is
    // unreadable.
    const tells = error.facts.status !== null && error.kind !== "access-denied" && error.kind !== "throttled";
    return tells ? refusal(BODY_TOPIC, error, "the copy cannot be read") : failed(BODY_TOPIC, error);
  }
});

const etagAfterCopy = copyExperiment("etag-after-copy", async ({ store, put }, { headers }) => {
  const sample = await put("etag");
  await store.copyObject({ ...sample, headers });
  const { bucket, key } = sample;
  const after = bareEtag((await store.headObject({ bucket, key })).headers.etag ?? "");
  const md5 = createHash("md5").update(sample.body).digest("hex");
  const value = after === sample.etag ? "same" : "changed";
  return is(
    "etag-after-copy",
    value,
    "headObject",
    after === md5 ? "the MD5 of the bytes" : "not the MD5 of the bytes",
  );
});

const CONTENT = {
  "content-type": "text/x-bucketseal-probe; charset=utf-8",
  "content-language": "fr-CA",
  "content-disposition": 'attachment; filename="probe.txt"',
  "cache-control": "private, max-age=60",
  expires: "Fri, 01 Jan 2038 00:00:00 GMT",
} as const;
const METADATA = { "x-amz-meta-probe": "one", "x-amz-meta-other": "two" } as const;

type Headers = Readonly<Record<string, string>>;

/** Uses the COPY directive, because properties that are sent again prove nothing. */
const headersAfterCopy: Experiment = {
  topics: ["content-headers-after-copy", "metadata-after-copy"],
  run: async ({ store, put, shared }) => {
    const style = await shared(copyStyle);
    if (style.kind !== "keeping") {
      const because = style.kind === "refused" ? "copy-refused" : "metadata-sent-again";
      return headersAfterCopy.topics.map((topic) => notObservable(topic, because));
    }
    const sample = await put("headers", { ...CONTENT, ...METADATA });
    const { bucket, key } = sample;
    const before = (await store.headObject({ bucket, key })).headers;
    await store.copyObject({ ...sample, headers: style.headers });
    const after = (await store.headObject({ bucket, key })).headers;
    return [
      compared("content-headers-after-copy", Object.keys(CONTENT), before, after),
      compared("metadata-after-copy", Object.keys(METADATA), before, after),
    ];
  },
};

function compared(topic: Topic, names: readonly string[], before: Headers, after: Headers): Answer {
  const lost = names.filter((name) => after[name] !== before[name]);
  if (lost.length > 0) return no(topic, "headObject", `other or missing: ${lost.join(", ")}`);
  const neverKept = names.filter((name) => before[name] === undefined);
  if (neverKept.length === names.length) return no(topic, "headObject", "not even the object that was put has any");
  return yes(topic, "headObject", neverKept.length === 0 ? "all of them" : `but PUT dropped ${neverKept.join(", ")}`);
}

const headSseAfterCopy = copyExperiment("head-sse-after-copy", async ({ store, put }, { headers }) => {
  const sample = await put("head-after-copy");
  await store.copyObject({ ...sample, headers });
  return reportsSse("head-sse-after-copy", store, sample);
});

/** Updating the encryption needs a KMS key, which a probe does not have: the run tries it. */
type CopyingStrategy = Exclude<StrategyName, "update-encryption">;

const KEPT_BY: Readonly<Record<CopyingStrategy, Topic>> = {
  copy: "kept-by-copy",
  "copy-replacing": "kept-by-copy-replacing",
  "copy-multipart": "kept-by-copy-in-parts",
  rewrite: "kept-by-rewrite",
};

/** The copies are planned from these, as those of a run are. */
const OTHERS = TOPICS.filter((topic) => !Object.values<Topic>(KEPT_BY).includes(topic));

/** The findings that copies are planned from, except what each way keeps. */
export async function findingsBeforeWays({ finding }: Pick<ProbeSession, "finding">): Promise<readonly Answer[]> {
  return (await Promise.all(OTHERS.map(finding))).filter((answer) => answer !== undefined);
}

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
  bodyLimit: (_sizeBytes, work) => work(),
  // The prefix of its key was recorded before anything was written, and the store records uploads.
  journal: { append: () => Promise.resolve() },
  now: () => new Date(),
};

/** Copies a complete test object with each strategy, using the same code as for real objects. */
const keptByWays: readonly Experiment[] = (Object.keys(KEPT_BY) as CopyingStrategy[]).map((way) => ({
  topics: [KEPT_BY[way]],
  run: async (session) => [await keptBy(way, session)],
}));

async function keptBy(strategy: CopyingStrategy, session: ProbeSession): Promise<Answer> {
  const { store, bucket, folder, finding, provider } = session;
  const topic = KEPT_BY[strategy];
  if ((await finding("put-with-sse"))?.kind === "no") return notObservable(topic, "sse-refused");
  const found = await findingsBeforeWays(session);
  const capabilities = probedCapabilities(found, documentedCapabilities(provider));
  const tools: CopyTools = { context: CONTEXT, store, capabilities };
  const ownerId = capabilities.ownerOfWrites;
  const object = await putLaden({ ...tools, strategy, ownerId }, { bucket, key: `${folder}kept-by-${strategy}` });
  // If a store shows no encryption after a PUT that requested it, it never shows any.
  const isShown = (await finding("head-sse-after-put"))?.kind === "yes";
  return findingOf(topic, await tryCanary(object, strategy, tools), isShown);
}

function findingOf(topic: Topic, result: CanaryResult, isShown: boolean): Answer {
  if (result.kind === "passed") return yes(topic, "headObject", "all of it");
  if (result.kind === "failed" && result.isCorrupt) return lost(topic, ["body"], result.detail);
  if (result.kind === "failed" || result.kind === "refused" || result.kind === "inconclusive") {
    return notObservable(topic, topic === "kept-by-copy-in-parts" ? "part-copy-refused" : "copy-refused");
  }
  const properties = result.lost.filter((property) => property !== "encryption" || isShown);
  return properties.length === 0
    ? yes(topic, "headObject", "all of it")
    : lost(topic, properties, `lost: ${properties.join(", ")}`);
}

export const AFTER_COPY: readonly Experiment[] = [
  headSseAfterCopy,
  bodyAfterCopy,
  etagAfterCopy,
  headersAfterCopy,
  ...keptByWays,
];
