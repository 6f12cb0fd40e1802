import { type ProbeOptions, type ProbeResult, probe, type Topic } from "../../../migrate/index.js";
import type { SandboxOptions } from "../../../sandbox/index.js";
import { createBucket } from "../../buckets/put-object.js";
import { type RawS3, type Server, sendOk } from "../../buckets/raw-s3.js";
import { startWorld, type World } from "../../buckets/start-world.js";

export const BUCKET = "mine";

/** Options of a probe of a bucket of this server, with no ceiling on requests. */
export function probeOptions(server: Server, bucket = BUCKET, more: Partial<ProbeOptions> = {}): ProbeOptions {
  const { accessKeyId, secretAccessKey } = server.credentials;
  return {
    location: `s3://${bucket}`,
    provider: "ovhcloud",
    endpoint: server.endpoint,
    region: server.region,
    credentials: { accessKeyId, secretAccessKey },
    readsPerSecond: 1_000_000,
    writesPerSecond: 1_000_000,
    ...more,
  };
}

/** A sandbox with one empty bucket. */
export async function emptyWorld(options: SandboxOptions = {}): Promise<World> {
  const world = await startWorld({ profile: "reference", ...options });
  await createBucket(world.raw, BUCKET);
  world.sandbox.resetCalls();
  return world;
}

export async function probeOf(options: SandboxOptions, more: Partial<ProbeOptions> = {}): Promise<ProbeResult> {
  const { sandbox } = await emptyWorld(options);
  return probe(probeOptions(sandbox, BUCKET, more));
}

/** A finding in short: what was found, and the code or the reason. */
export function found({ findings }: ProbeResult, topic: Topic): string {
  const finding = findings.find((one) => one.topic === topic);
  if (finding === undefined) return "nothing";
  if (finding.kind === "not-observable") return `not-observable ${finding.because}`;
  const { code } = finding.evidence;
  const word = finding.kind === "is" ? finding.value : finding.kind;
  return code === null ? word : `${word} ${code}`;
}

/** All that a bucket holds, as its listings tell: versions, delete markers and open uploads. */
export async function everythingIn(raw: RawS3, bucket: string): Promise<string> {
  const versions = await sendOk(raw, { path: `/${bucket}?versions=` });
  const uploads = await sendOk(raw, { path: `/${bucket}?uploads=` });
  return `${versions.body.toString()}\n${uploads.body.toString()}`;
}

export async function setVersioning(raw: RawS3, bucket: string, status: "Enabled" | "Suspended"): Promise<void> {
  const body = Buffer.from(`<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`);
  await sendOk(raw, { method: "PUT", path: `/${bucket}?versioning=`, body });
}

export async function setDefaultEncryption(raw: RawS3, bucket: string): Promise<void> {
  const byDefault =
    "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>";
  const rules = `<Rule>${byDefault}</Rule>`;
  const body = Buffer.from(`<ServerSideEncryptionConfiguration>${rules}</ServerSideEncryptionConfiguration>`);
  await sendOk(raw, { method: "PUT", path: `/${bucket}?encryption=`, body });
}

export async function createLockingBucket(raw: RawS3, bucket: string): Promise<void> {
  await createBucket(raw, bucket, { "x-amz-bucket-object-lock-enabled": "true" });
  const rule = "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule>";
  const xml = `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${rule}</ObjectLockConfiguration>`;
  await sendOk(raw, { method: "PUT", path: `/${bucket}?object-lock=`, body: Buffer.from(xml) });
}
