import type { ResolvedOptions } from "../options/resolve-options.js";
import { OPERATIONS } from "../store/operations.js";
import { StoreError, type StoreErrorFacts, type StoreErrorKind, saysNothing } from "../store/store-error.js";

interface Where {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string | null;
  /** The requested profile. */
  readonly profile: string | null;
}

type Describe = (where: Where, error: StoreError) => string;

const theBucket = ({ bucket }: Where) => (bucket === null ? "the buckets" : `bucket "${bucket}"`);

/** The words for each error: what happened, the given value, and what to do next. */
const WORDS: Readonly<Partial<Record<StoreErrorKind, Describe>>> = {
  "no-credentials": ({ profile }, { facts: { message } }) => {
    const reason = saysNothing(message) ? "" : ` (${message})`;
    if (profile !== null)
      return `no credentials were found in profile "${profile}"${reason}: check its name and its entries in ~/.aws/credentials and ~/.aws/config`;
    return reason === ""
      ? "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or select a profile in ~/.aws/credentials with --profile"
      : `no credentials could be loaded${reason}: fix that, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`;
  },
  "invalid-credentials": ({ endpoint }, { facts }) =>
    `${endpoint} does not accept the credentials (${facts.code}: ${facts.message}): check that the keys belong to this provider and region`,
  "expired-credentials": ({ endpoint }, { facts }) =>
    `${endpoint} reports that the credentials have expired (${facts.code}: ${facts.message}), and no newer ones were found: renew them, then continue (with --resume if a run was in progress)`,
  "clock-skew": ({ endpoint }, { facts }) =>
    `${endpoint} does not accept the clock of this machine (${facts.code}: ${facts.message}), and using the store's time instead did not help: set the clock`,
  "access-denied": (where, { facts }) =>
    OPERATIONS[facts.operation].access === "write"
      ? `the credentials are not allowed to change ${theBucket(where)} (${facts.operation}: ${facts.code}): grant ${OPERATIONS[facts.operation].actions.join(", ")}`
      : `the credentials are not allowed to read ${theBucket(where)} (${facts.operation}: ${facts.code}): grant at least s3:ListBucket and s3:GetObject`,
  "wrong-region": (where, { facts }) => {
    const isNot = `${theBucket(where)} is not in region "${where.region}"`;
    return facts.region === undefined
      ? `${isNot} (${facts.code}: ${facts.message}): give its region with --region`
      : `${isNot} but in "${facts.region}" (${facts.code}): give --region ${facts.region} and that region's endpoint, in a separate run`;
  },
  "no-such-bucket": (where) =>
    `bucket "${where.bucket}" does not exist at ${where.endpoint}: check its name, its region ("${where.region}") and the endpoint`,
  "listing-stuck": (where, { facts }) =>
    `the listing of ${theBucket(where)} at ${where.endpoint} does not advance (${facts.operation}: ${facts.message}) and would never end: report this to the store's operator, or give smaller prefixes, s3://BUCKET/PREFIX`,
  unreachable: ({ endpoint }, { facts }) =>
    `${endpoint} cannot be reached (${reasonOf(facts)}): check the endpoint, the region in it, the network and the proxy${tlsHint(endpoint, facts)}`,
  proxy: ({ endpoint }, { facts }) =>
    `${endpoint} cannot be reached through the proxy (${facts.code}: ${facts.message}): check HTTP_PROXY and HTTPS_PROXY, or name the host in NO_PROXY`,
  "wrong-scheme": ({ endpoint }, { facts }) =>
    facts.code === "HttpsExpected"
      ? `${endpoint} expects https (${facts.message}): change the scheme of the endpoint to https://`
      : `${endpoint} does not speak TLS: change the scheme of the endpoint to http:// if the network is trusted, or give the port that speaks TLS`,
  tls: ({ endpoint }, { facts }) =>
    `${endpoint} cannot be trusted (${facts.code}: ${facts.message}): check the host name, or set AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS to a file with the certificate authority that signed its certificate`,
};

/** The code is sufficient, except for a proxy. */
function reasonOf({ code, message }: StoreErrorFacts): string {
  return message.includes("the proxy ") ? `${code}: ${message}` : code;
}

/** Many a server that does not speak TLS just closes the connection. */
function tlsHint(endpoint: string, { code }: StoreErrorFacts): string {
  return endpoint.startsWith("http:") && code === "ECONNRESET" ? "; if it expects TLS, use https://" : "";
}

/** The single message of an error that ends a run before or instead of its objects. */
export function describeFatal(error: StoreError, where: Where): string {
  const describe = WORDS[error.kind] ?? otherwise;
  // OpenSSL ends its messages with a newline.
  return describe(where, error).replaceAll(/\s+/g, " ").replaceAll(" )", ")");
}

function otherwise(where: Where, { facts }: StoreError): string {
  const done = OPERATIONS[facts.operation].access === "write" ? "changed" : "read";
  return `${theBucket(where)} at ${where.endpoint} cannot be ${done}: ${facts.operation} answered ${facts.code}: ${facts.message}`;
}

/**
 * The settings of a run, with all defaults, for readers of its record. They contain no secrets and no facts
 * about this machine.
 */
export function recordedSettings(options: ResolvedOptions): Record<string, unknown> {
  const { filters, policy, concurrency, readsPerSecond, writesPerSecond, pathStyle, versions, noncurrent } = options;
  const { target, ...copying } = policy;
  return {
    ...filters,
    modifiedBefore: filters.modifiedBefore?.toISOString() ?? null,
    modifiedAfter: filters.modifiedAfter?.toISOString() ?? null,
    to: target.name,
    ...copying,
    noncurrent,
    versions,
    setDefault: options.setDefault,
    canary: options.canary,
    assumeDocumented: options.assumeDocumented,
    concurrency,
    readsPerSecond,
    writesPerSecond,
    pathStyle,
    failOn: options.gates.failOn,
    allowEmpty: options.gates.allowEmpty,
    // Absent for English, as in the runs of versions that knew no other language.
    ...(options.lang === "en" ? {} : { lang: options.lang }),
  };
}

/** Describes a store's refusal. Any other error is a bug and is thrown again. */
export function fatalWords(
  error: unknown,
  { endpoint, region, profile }: Pick<ResolvedOptions, "endpoint" | "region" | "profile">,
  bucket: string | null,
): string {
  if (!(error instanceof StoreError)) throw error;
  return describeFatal(error, { endpoint, region, bucket, profile });
}
