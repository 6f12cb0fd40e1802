import { availableParallelism } from "node:os";
import type { z } from "zod";
import { type BucketTarget, type ProviderProfile, resolveEndpoint } from "../../providers/index.js";
import type { BaselineOptions } from "../compare/baseline.js";
import type { ManifestOptions } from "../compare/key-manifest.js";
import { UsageError } from "../errors.js";
import type { KeyRing } from "../keys/customer-key.js";
import { type PublicKey, readPublicKeys } from "../keys/public-key.js";
import { resolveSigner, type Signer } from "../keys/signing-key.js";
import type { ObjectFilters } from "../list/object-filter.js";
import type { ConfirmPlan, ConfirmRemoval, Policy, VersionTreatment } from "../model/policy.js";
import type { Scope } from "../model/scope.js";
import { type ReportFormatName, withOcsfScope } from "../report/formats.js";
import type { Gate } from "../report/gates.js";
import type { Lang } from "../report/language.js";
import type { RequestHeaders } from "../store/object-store.js";
import type { Credentials } from "../store/sdk/open-client.js";
import type { Network } from "../store/transport/agents.js";
import { type KnownCapabilities, resolveCapabilities } from "./capabilities-file.js";
import { type CustomerKeys, resolveCustomerKeys } from "./customer-keys.js";
import {
  confirmOf,
  queueProblems,
  resolveBaseline,
  resolveManifest,
  resolveRestoredClass,
  versionProblems,
} from "./dependent-options.js";
import { type Fields, fields, flagName } from "./option-table.js";
import { type Place, readTargets, resolveNetwork, resolvePlace, resolveScopes, targetsInPlace } from "./place.js";
import { type QueueAddress, resolveQueue } from "./queue-address.js";
import type { GivenOptions } from "./run-options.js";

/**
 * Everything that a run needs, with all defaults filled in. It contains secrets, so it is never written
 * anywhere.
 */
export interface ResolvedOptions {
  readonly scopes: readonly Scope[];
  readonly allBuckets: boolean;
  readonly provider: ProviderProfile;
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
  readonly credentials: Credentials | null;
  readonly profile: string | null;
  readonly network: Network;
  /** These headers are sent with every request. */
  readonly accountHeaders: RequestHeaders;
  readonly filters: ObjectFilters;
  readonly policy: Policy;
  readonly keys: KeyRing;
  readonly concurrency: number;
  /** The number of processes, this one included. `isGiven`: the caller wants exactly as many. */
  readonly workers: { readonly count: number; readonly isGiven: boolean };
  /** Workers on other machines do the work, through this queue; `null` if this machine does. */
  readonly queue: QueueAddress | null;
  readonly readsPerSecond: number | null;
  readonly writesPerSecond: number | null;
  readonly out: string | null;
  readonly formats: readonly ReportFormatName[];
  readonly lang: Lang;
  /** The conditions that make a pipeline stop. */
  readonly gates: { readonly failOn: readonly Gate[]; readonly allowEmpty: boolean };
  /** The key that signs the manifest. */
  readonly signer: Signer | null;
  /** Each of these keys must have signed the folders that the run relies on. */
  readonly publicKeys: readonly PublicKey[];
  readonly dryRun: boolean;
  readonly setDefault: boolean;
  readonly canary: boolean;
  readonly capabilities: KnownCapabilities;
  /** Plans rely on the provider's documentation, and the buckets are not probed. */
  readonly assumeDocumented: boolean;
  /** The treatment of noncurrent versions that are not encrypted. */
  readonly versions: VersionTreatment;
  /** Whether the run examines noncurrent versions. */
  readonly noncurrent: boolean;
  /** Asked before the first version is removed; `null` if the options already contain the answer. */
  readonly confirm: ConfirmRemoval | null;
  /** Asked before anything is written; `null` if nobody has to be asked. */
  readonly confirmPlan: ConfirmPlan | null;
  /** The list that limits the run to its objects. */
  readonly manifest: ManifestOptions | null;
  /** The earlier run that an audit uses as its baseline. */
  readonly baseline: BaselineOptions | null;
}

/**
 * Resolves options once, for both the command line and the library. Throws one `UsageError` with all
 * problems.
 */
export async function resolveOptions(given: GivenOptions): Promise<ResolvedOptions> {
  const parsed = fields.safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.map(issueWords);
  // The readable options are checked too, so that one attempt shows every problem.
  const known = parsed.success ? parsed.data : fields.parse(withoutBad(given, parsed.error));
  const declared = await resolveDeclared(known, problems);
  // An unknown provider name leaves no endpoint to resolve.
  const isLost = (name: "provider" | "endpoint") => given[name] !== undefined && known[name] === undefined;
  const misnamed = isLost("provider") || isLost("endpoint");
  const place = misnamed ? null : resolvePlace(known, declared, problems);
  const scopes = resolveScopes(known, declared, problems);
  problems.push(...contradictions(known), ...versionProblems(known), ...queueProblems(known));
  const queue = await resolveQueue(known, problems);
  const files = { manifest: resolveManifest(known, problems), baseline: resolveBaseline(known, problems) };
  const customerKeys = await resolveCustomerKeys(known, place, problems);
  const network = await resolveNetwork(known, place, problems);
  const keys: Keys = {
    ...customerKeys,
    signer: await resolveSigner(known, problems),
    publicKeys: await readPublicKeys(known.publicKey, problems),
  };
  const capabilities = place && (await resolveCapabilities(known, place, scopes, problems));
  const restoredClass = place && capabilities && resolveRestoredClass(known, place, capabilities, problems);
  if (problems.length > 0 || place === null || capabilities === null) throw new UsageError([...new Set(problems)]);
  return {
    ...assemble({ ...known, restoredClass: restoredClass ?? undefined }, place, scopes, capabilities, keys),
    ...files,
    network,
    queue,
  };
}

/** The problems of the options. It does nothing else with them. */
export async function optionProblems(given: GivenOptions): Promise<readonly string[]> {
  try {
    await resolveOptions(given);
    return [];
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
}

function issueWords({ path, message }: z.core.$ZodIssue): string {
  return `${optionName(path)}: ${message}`;
}

/** The name of the option as the command line spells it. */
function optionName([name, ...rest]: readonly PropertyKey[]): string {
  const place = rest.length > 0 && typeof rest[0] === "number" ? ` (number ${rest[0] + 1})` : "";
  return `${flagName(String(name))}${place}`;
}

function withoutBad(given: object, error: z.ZodError): object {
  const bad = new Set(error.issues.map(({ path }) => path[0]));
  return Object.fromEntries(Object.entries(given).filter(([name]) => !bad.has(name)));
}

async function resolveDeclared(known: Fields, problems: string[]): Promise<readonly BucketTarget[]> {
  if (known.targets === undefined) return [];
  const read = await readTargets(known.targets);
  if (read.kind === "read") return targetsInPlace(read.targets, known, problems);
  problems.push(...read.problems);
  return [];
}

function contradictions({ minSize, maxSize, modifiedAfter, modifiedBefore, failOn, noncurrent }: Fields): string[] {
  const problems: string[] = [];
  if (!noncurrent && failOn.includes("noncurrent")) {
    problems.push(
      "--fail-on noncurrent needs the noncurrent versions, which --no-noncurrent skips: give only one of the two",
    );
  }
  if (minSize !== undefined && maxSize !== undefined && minSize > maxSize) {
    problems.push(`--min-size (${minSize}) is above --max-size (${maxSize}): no object could match`);
  }
  if (modifiedAfter && modifiedBefore && modifiedAfter >= modifiedBefore) {
    problems.push("--modified-after is not before --modified-before: no object could match");
  }
  return problems;
}

type Keys = CustomerKeys & Pick<ResolvedOptions, "signer" | "publicKeys">;

function assemble(
  known: Fields,
  { provider, endpoint, region }: Place,
  scopes: readonly Scope[],
  capabilities: KnownCapabilities,
  { keys, target, signer, publicKeys }: Keys,
): Omit<ResolvedOptions, "manifest" | "baseline" | "network" | "queue"> {
  return {
    scopes,
    allBuckets: known.allBuckets,
    provider,
    endpoint,
    region,
    pathStyle: known.pathStyle ?? (known.endpoint !== undefined || isPathStyle(provider, { endpoint, region })),
    credentials: known.credentials ?? null,
    profile: known.profile ?? null,
    accountHeaders: accountHeaders(known),
    filters: filtersOf(known),
    keys,
    policy: { target, ...policyOf(known, capabilities) },
    concurrency: known.concurrency,
    workers: workersOf(known, provider),
    readsPerSecond: known.readsPerSecond ?? provider.ceilings.readsPerSecond.value,
    writesPerSecond: known.writesPerSecond ?? provider.ceilings.writesPerSecond.value,
    out: known.out ?? null,
    ...reportsOf(known),
    gates: { failOn: known.failOn, allowEmpty: known.allowEmpty },
    signer,
    publicKeys,
    dryRun: known.dryRun,
    setDefault: known.setDefault,
    canary: known.canary,
    capabilities,
    assumeDocumented: known.assume === "documented",
    versions: known.versions,
    noncurrent: known.noncurrent,
    ...confirmOf(known),
  };
}

function reportsOf({ formats, ocsf, lang = "en" }: Fields): Pick<ResolvedOptions, "formats" | "lang"> {
  return { formats: withOcsfScope(formats, ocsf), lang };
}

/** More processes than these cannot use more of a rate that is this low, in writes per second. */
const ENOUGH_WORKERS = 4;
const LOW_RATE = 1000;

function workersOf(
  { workers = 1, writesPerSecond }: Fields,
  { ceilings }: ProviderProfile,
): ResolvedOptions["workers"] {
  if (workers !== "auto") return { count: workers, isGiven: true };
  const cores = availableParallelism();
  const rate = writesPerSecond ?? ceilings.writesPerSecond.value ?? Number.POSITIVE_INFINITY;
  return { count: rate <= LOW_RATE ? Math.min(ENOUGH_WORKERS, cores) : cores, isGiven: false };
}

function filtersOf(known: Fields): ResolvedOptions["filters"] {
  const { include, exclude, minSize, maxSize, modifiedBefore, modifiedAfter, storageClasses } = known;
  return {
    include,
    exclude,
    minSizeBytes: minSize ?? null,
    maxSizeBytes: maxSize ?? null,
    modifiedBefore: modifiedBefore ?? null,
    modifiedAfter: modifiedAfter ?? null,
    storageClasses,
  };
}

function policyOf(known: Fields, { values }: KnownCapabilities): Omit<ResolvedOptions["policy"], "target"> {
  return {
    copyCutoffBytes: known.copyCutoff ?? values.maxCopyBytes,
    partBytes: known.partSize,
    rewriteBelowBytes: known.rewriteBelow,
    race: known.race,
    etag: known.etag,
    acceptLoss: known.acceptLoss,
    restoredClass: known.restoredClass ?? null,
  };
}

function accountHeaders({ expectedBucketOwner: owner, requesterPays }: Fields): RequestHeaders {
  return {
    ...(owner === undefined
      ? {}
      : { "x-amz-expected-bucket-owner": owner, "x-amz-source-expected-bucket-owner": owner }),
    ...(requesterPays ? { "x-amz-request-payer": "requester" } : {}),
  };
}

/**
 * A declared bucket may name a host that is not the provider's own. There, nothing says that buckets have
 * host names.
 */
function isPathStyle(provider: ProviderProfile, { endpoint, region }: Omit<Place, "provider">): boolean {
  const own = resolveEndpoint(provider, { region });
  return provider.addressing.value === "path" || own.kind === "refused" || own.url !== endpoint;
}
