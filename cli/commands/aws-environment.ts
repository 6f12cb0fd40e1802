import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type OnEvent, UsageError } from "../../migrate/index.js";
import { findProvider, providerForEndpoint, resolveEndpoint } from "../../providers/index.js";
import { note } from "../print/terminal.js";
import { storeWords } from "./command-inputs.js";

type Variables = Readonly<Record<string, string | undefined>>;
type Name = "endpoint" | "region";

interface PlaceFlags {
  readonly provider?: string | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly profile?: string | undefined;
}

/** A value, and the words for where it was found. */
interface Found {
  readonly value: string;
  readonly source: string;
}

/** Endpoint and region as aws-cli finds them: from flags, then the environment, then the profile. */
export interface GivenPlace {
  /** What no flag gave. */
  readonly flags: Pick<PlaceFlags, Name>;
  /** Prints the line that says which store is asked, and why that one. */
  readonly onEvent: OnEvent;
  /** Adds the source of a value to the errors that name it. */
  readonly explain: <T>(work: Promise<T>) => Promise<T>;
}

/**
 * A run folder and declared buckets name their own region, which is more specific than that of the environment.
 */
export async function placeOfEnvironment(given: PlaceFlags, hasRegion = false): Promise<GivenPlace> {
  const { env } = process;
  const settings = await readSettings(given.profile, env);
  const endpoint = given.endpoint === undefined ? findEndpoint(env, settings) : null;
  const region = given.region === undefined && !hasRegion ? findRegion(env, settings) : null;
  const found = { endpoint, region: fits({ ...given, endpoint: endpoint?.value ?? given.endpoint }, region) };
  const flags = Object.fromEntries(NAMES.flatMap((name) => (found[name] ? [[name, found[name].value]] : [])));
  return {
    flags,
    onEvent: (event) => {
      if (event.kind !== "connected") return;
      note(storeWords(event, (name) => sourceWords(name, given, found[name], env)));
    },
    explain: (work) =>
      work.catch((error: unknown) => {
        throw error instanceof UsageError ? withSources(error, Object.entries(found)) : error;
      }),
  };
}

const NAMES: readonly Name[] = ["endpoint", "region"];

/** Settings of a profile. */
interface Settings {
  readonly profile: string;
  readonly values: Variables;
  /** The `services` section that the profile names. */
  readonly services: Variables;
}

/** Reads the shared configuration files, if there are any. */
async function readSettings(given: string | undefined, env: Variables): Promise<Settings> {
  const profile = given ?? (env.AWS_PROFILE || "default");
  const isThere = env.AWS_CONFIG_FILE || env.AWS_SHARED_CREDENTIALS_FILE || existsSync(join(homedir(), ".aws"));
  if (!isThere) return { profile, values: {}, services: {} };
  const { loadSharedConfigFiles } = await import("@smithy/core/config");
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const values: Variables = { ...configFile[profile], ...credentialsFile[profile] };
  return { profile, values, services: configFile[`services.${values.services}`] ?? {} };
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function findEndpoint(env: Variables, { profile, values, services }: Settings): Found | null {
  const ignores = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS || values.ignore_configured_endpoint_urls;
  if (ignores?.toLowerCase() === "true") return null;
  return firstOf([
    [env.AWS_ENDPOINT_URL_S3, "AWS_ENDPOINT_URL_S3"],
    [env.AWS_ENDPOINT_URL, "AWS_ENDPOINT_URL"],
    [services["s3.endpoint_url"], `services ${values.services} of profile ${profile}`],
    [values.endpoint_url, `profile ${profile}`],
  ]);
}

function findRegion(env: Variables, { profile, values }: Settings): Found | null {
  return firstOf([
    [env.AWS_REGION, "AWS_REGION"],
    [env.AWS_DEFAULT_REGION, "AWS_DEFAULT_REGION"],
    [values.region, `profile ${profile}`],
  ]);
}

function firstOf(places: readonly (readonly [value: string | undefined, source: string])[]): Found | null {
  const [found] = places.flatMap(([value, source]) => (value ? [{ value, source }] : []));
  return found ?? null;
}

/** Leaves out a region of the environment if the endpoint names another one itself. */
function fits({ provider: name, endpoint }: PlaceFlags, region: Found | null): Found | null {
  if (endpoint === undefined || region === null) return region;
  const provider = findProvider(name ?? "") ?? providerForEndpoint(endpoint);
  const isRefused = resolveEndpoint(provider, { endpoint, region: region.value }).kind === "refused";
  return isRefused && resolveEndpoint(provider, { endpoint }).kind === "resolved" ? null : region;
}

function sourceWords(name: Name, given: PlaceFlags, found: Found | null, env: Variables): string {
  if (found !== null) return ` (from ${found.source})`;
  if (given[name] === undefined) return name === "endpoint" && given.provider ? " (from --provider)" : "";
  const variable = `BUCKETSEAL_${name.toUpperCase()}`;
  return ` (from ${env[variable] === given[name] ? variable : `--${name}`})`;
}

function withSources({ problems }: UsageError, found: readonly (readonly [string, Found | null])[]): UsageError {
  const sourcesIn = (problem: string) =>
    found.flatMap(([name, at]) =>
      at !== null && (problem.includes(at.value) || problem.startsWith(`--${name}`))
        ? [`the ${name} is from ${at.source}`]
        : [],
    );
  return new UsageError(problems.map((problem) => [problem, ...sourcesIn(problem)].join("; ")));
}
