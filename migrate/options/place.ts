import { createHash, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type BucketTarget,
  findProvider,
  type ProviderProfile,
  providerForEndpoint,
  providers,
  resolveEndpoint,
} from "../../providers/index.js";
import { UsageError } from "../errors.js";
import { type Finding, findingWords } from "../evidence/finding.js";
import { readManifest } from "../evidence/manifest.js";
import { checkSignature } from "../evidence/signature.js";
import { readIfThere } from "../journal/folder-files.js";
import { RUN_FILE, type RunRecord } from "../journal/run-record.js";
import type { PublicKey } from "../keys/public-key.js";
import type { Scope } from "../model/scope.js";
import type { Network } from "../store/transport/agents.js";
import { type DeclaredBucket, readDeclaredBuckets } from "./declared-buckets.js";
import type { Fields } from "./option-table.js";
import { sourceName, type TargetsSource } from "./read-outputs.js";

export interface Place {
  readonly provider: ProviderProfile;
  readonly endpoint: string;
  readonly region: string;
}

/** Resolves the single store of a run from the options or from the declared buckets. */
export function resolvePlace(known: Fields, declared: readonly BucketTarget[], problems: string[]): Place | null {
  const [first, ...others] = declared;
  const strangers = others.filter(({ endpoint, region }) => endpoint !== first?.endpoint || region !== first?.region);
  problems.push(
    ...strangers.map(
      ({ bucket, endpoint, region }) =>
        `bucket "${bucket}" is at ${endpoint} (${region}), "${first?.bucket}" at ${first?.endpoint} (${first?.region}): run once for each place, selected with --region or --endpoint`,
    ),
  );
  const { endpoint } = known;
  const provider =
    findProvider(known.provider ?? first?.provider ?? providerForEndpoint(endpoint ?? "").id) ?? providers.generic;
  if (!isPlaceGiven(known)) {
    if (first !== undefined) problems.push(unvouchedProblem("--targets", first.endpoint));
    // If the targets could not be read, that is already reported.
    if (known.targets === undefined) problems.push("no store is given: use --provider (and --region), or --endpoint");
    return null;
  }
  const resolution = resolveEndpoint(provider, { region: known.region ?? first?.region, endpoint });
  if (resolution.kind === "refused") {
    problems.push(resolution.problem);
    return null;
  }
  const { url, region } = resolution;
  if (known.endpoint === undefined && first !== undefined && first.endpoint.replace(/\/+$/, "") !== url) {
    problems.push(
      `bucket "${first.bucket}" is declared at ${first.endpoint}, and --provider ${known.provider} is at ${url}: give --endpoint for the one that you mean`,
    );
  }
  return { provider, endpoint: url, region };
}

/** The scopes that a run covers; empty if it covers every bucket. */
export function resolveScopes(
  { locations, allBuckets, targets }: Fields,
  declared: readonly BucketTarget[],
  problems: string[],
): Scope[] {
  const parsed = locations.map(parseLocation);
  problems.push(...parsed.flatMap((location) => (location.kind === "bad" ? location.problem : [])));
  const scopes = parsed.flatMap((location) => (location.kind === "scope" ? location.scope : []));
  const named = [...scopes, ...declared.map(({ bucket }) => ({ bucket, prefix: "" }))];
  const none = locations.length === 0 && targets === undefined && !allBuckets;
  if (none) problems.push("no bucket is given: use s3://BUCKET, --targets FILE or --all-buckets");
  if (allBuckets && named.length > 0) problems.push("--all-buckets covers every bucket: leave out the others");
  problems.push(...overlapProblems(named));
  return named;
}

/**
 * Does not use a URL parser, which would resolve `.` and `..` and decode percent escapes. Both are ordinary
 * in keys.
 */
const LOCATION = /^s3:\/\/([^/]+)(?:\/(.*))?$/s;

type ParsedLocation =
  | { readonly kind: "scope"; readonly scope: Scope }
  | { readonly kind: "bad"; readonly problem: string };

const SECRET =
  "a location contains what looks like user:password@, which is not repeated here: give s3://BUCKET or s3://BUCKET/PREFIX, and put keys into the environment";

/**
 * No bucket name contains an `@`. A secret key may contain a slash, which moves its `@` to the part after the
 * bucket. An access key before a colon reveals that case.
 */
function holdsSecret(text: string): boolean {
  const [, bucket] = LOCATION.exec(text) ?? [];
  return bucket === undefined ? text.includes("@") : bucket.includes("@") || /^[A-Z0-9]{16,}:/.test(bucket);
}

export function parseLocation(text: string): ParsedLocation {
  if (holdsSecret(text)) return { kind: "bad", problem: SECRET };
  const match = LOCATION.exec(text);
  if (match?.[1] === undefined) {
    return { kind: "bad", problem: `location "${text}" is not valid: give s3://BUCKET or s3://BUCKET/PREFIX` };
  }
  return { kind: "scope", scope: { bucket: match[1], prefix: match[2] ?? "" } };
}

/** Adds a key prefix to locations that have none. Throws one UsageError for all that have another one. */
export function locationsWithin(locations: readonly string[], prefix: string | undefined): readonly string[] {
  if (prefix === undefined) return locations;
  const problems = locations.length > 0 ? [] : ["--prefix needs a bucket: give s3://BUCKET"];
  const within = locations.map((location) => {
    const parsed = parseLocation(location);
    if (parsed.kind === "bad") return location;
    if (parsed.scope.prefix !== "" && parsed.scope.prefix !== prefix)
      problems.push(`location "${location}" has another prefix than --prefix "${prefix}": give only one`);
    return `s3://${parsed.scope.bucket}/${prefix}`;
  });
  if (problems.length > 0) throw new UsageError(problems);
  return within;
}

/** An object in two scopes would be counted twice. */
export function overlapProblems(scopes: readonly Scope[]): string[] {
  return scopes.flatMap((outer, index) =>
    scopes
      .filter(
        (inner, other) => other !== index && inner.bucket === outer.bucket && inner.prefix.startsWith(outer.prefix),
      )
      .filter((inner) => inner.prefix !== outer.prefix || scopes.indexOf(inner) > index)
      .map((inner) => `location "${words(inner)}" is inside "${words(outer)}": leave one out`),
  );
}

function words({ bucket, prefix }: Scope): string {
  return `s3://${bucket}/${prefix}`;
}

const PICKED_BY = ["region", "endpoint"] as const;

/**
 * The targets in one place. If they are in several places, the given region or endpoint selects those of one.
 */
export function targetsInPlace(
  targets: readonly BucketTarget[],
  known: Fields,
  problems: string[],
): readonly BucketTarget[] {
  let left = targets;
  for (const name of PICKED_BY) {
    const wanted = known[name];
    const found = [...new Set(left.map((target) => target[name]))];
    if (wanted === undefined || found.length < 2) continue;
    left = left.filter((target) => target[name] === wanted);
    if (left.length === 0)
      problems.push(`--${name}: "${wanted}" matches none of the targets: give one of ${found.join(", ")}`);
  }
  return left;
}

type TargetsFile =
  | { readonly kind: "read"; readonly targets: readonly BucketTarget[] }
  | { readonly kind: "bad"; readonly problems: readonly string[] };

/** Reads the declared buckets that a run covers. A bucket that only a deployment can resolve is a problem. */
export async function readTargets(source: TargetsSource): Promise<TargetsFile> {
  const read = await readDeclaredBuckets(source);
  if (read.kind === "bad") return read;
  const problems = read.buckets
    .filter(({ kind }) => kind === "after-deploy")
    .map((bucket) => notDeployed(sourceName(source), bucket));
  return problems.length > 0
    ? { kind: "bad", problems }
    : { kind: "read", targets: read.buckets.map(({ target }) => target) };
}

function notDeployed(name: string, { output }: DeclaredBucket): string {
  return `output "${output}" of "${name}" is known only after deployment: give a file made by \`terraform output -json\` or \`cdktf output --outputs-file\` instead`;
}

/**
 * Credentials and customer keys are sent only to an endpoint that the caller gave, or to the endpoint in a
 * run folder that a given key signed. Somebody who wants them may have made the folder or file.
 */

interface Named {
  readonly endpoint?: string | undefined;
  readonly provider?: string | undefined;
}

export function isPlaceGiven({ endpoint, provider }: Named): boolean {
  return endpoint !== undefined || provider !== undefined;
}

/**
 * Throws unless the caller gave the place of the run, or one of these keys signed the folder that names it.
 */
export async function refuseUnvouchedPlace(
  runDir: string,
  { endpoint }: Pick<RunRecord, "endpoint">,
  { given, publicKeys }: { readonly given: Named; readonly publicKeys: readonly PublicKey[] },
): Promise<void> {
  if (isPlaceGiven(given)) return;
  if (publicKeys.length === 0) throw new UsageError([unvouchedProblem(`run folder "${runDir}"`, endpoint)]);
  const findings = await findingsOf(runDir, publicKeys);
  if (findings.length === 0) return;
  throw new UsageError([
    `run folder "${runDir}" contains the endpoint ${endpoint}, but the given public key does not vouch for it (${findings.map(findingWords).join("; ")}): give --endpoint or --provider`,
  ]);
}

/** The error for an endpoint that only a file or folder names: credentials would be sent there. */
function unvouchedProblem(source: string, endpoint: string): string {
  return `${source} contains the endpoint ${endpoint}, but credentials and keys are sent only to an endpoint that you give: add --endpoint URL or --provider NAME, or the --public-key FILE of the run folder's signer`;
}

/** The findings that keep a signature from vouching for run.json. */
async function findingsOf(runDir: string, publicKeys: readonly PublicKey[]): Promise<readonly Finding[]> {
  const { manifest, sha256, findings } = await readManifest(runDir);
  const signed = await checkSignature(runDir, sha256, { publicKeys });
  const run = await readIfThere(join(runDir, RUN_FILE));
  const is = run && createHash("sha256").update(run).digest("hex");
  const said = manifest?.files.find(({ path }) => path === RUN_FILE)?.sha256;
  const problem = `SHA-256 ${is} now, ${said} there`;
  const ofRun: Finding[] = is === said ? [] : [{ kind: "file-changed", path: RUN_FILE, problem }];
  return [...findings, ...signed.findings, ...ofRun];
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

export async function resolveNetwork(
  { network: given = {} }: Pick<Fields, "network">,
  place: Pick<Place, "endpoint"> | null,
  problems: string[],
): Promise<Network> {
  const { httpProxy: http, httpsProxy: https, noProxy: except, caBundle, extraCaCerts } = given;
  const proxies = { http, https, except };
  if (place !== null && (http || https)) {
    const { proxyFor } = await import("../store/transport/agents.js");
    const choice = proxyFor(new URL(place.endpoint), proxies);
    if (choice.kind === "bad") problems.push(choice.problem);
  }
  if (!caBundle) return { proxies, authorities: null };
  const bundle = await readCertificates(caBundle);
  if (bundle.kind === "bad")
    problems.push(`AWS_CA_BUNDLE is set to "${caBundle}", ${bundle.why}: give a PEM file of certificates`);
  // Node has already warned about a file that it could not read.
  const extra = extraCaCerts ? await readCertificates(extraCaCerts) : { kind: "read" as const, certificates: [] };
  const both = [bundle, extra].flatMap((read) => (read.kind === "read" ? read.certificates : []));
  // Both variables often name the bundle of the system.
  return { proxies, authorities: [...new Set(both)] };
}

type ReadCertificates =
  | { readonly kind: "read"; readonly certificates: readonly string[] }
  | { readonly kind: "bad"; readonly why: string };

/** The certificates in a PEM file. */
export async function readCertificates(path: string): Promise<ReadCertificates> {
  try {
    const certificates = (await readFile(path, "utf8")).match(CERTIFICATE) ?? [];
    for (const certificate of certificates) new X509Certificate(certificate);
    return certificates.length > 0
      ? { kind: "read", certificates }
      : { kind: "bad", why: "which contains no certificate" };
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { kind: "bad", why: "which does not exist" };
    return {
      kind: "bad",
      why: /^E[A-Z]+$/.test(code) ? `which cannot be read (${code})` : "which contains a damaged certificate",
    };
  }
}
