import type { S3Client } from "@aws-sdk/client-s3";
import { fromEnv } from "@aws-sdk/credential-provider-env";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { type DefaultProviderInit, defaultProvider } from "@aws-sdk/credential-provider-node";
import { type ServerClock, saysNothing } from "../store-error.js";

type ProviderInput = Parameters<ReturnType<typeof defaultProvider>>[0];
type Resolve = (given?: ProviderInput) => ReturnType<ReturnType<typeof fromIni>>;

/**
 * The SDK reads each configuration file once per process, so without this it would miss keys that are renewed
 * meanwhile.
 */
const INIT: DefaultProviderInit = { ignoreCache: true };
const MAX_MESSAGE_CHARS = 500;

/**
 * Finds credentials as AWS's tools do. A requested profile is the only source: if it has no credentials, no
 * others are used. Without a profile, keys in the environment take precedence over AWS_PROFILE; then the
 * SDK's usual chain follows.
 */
export function credentialChain(profile: string | undefined): Resolve {
  const resolve =
    profile === undefined ? environmentFirst() : (given: ProviderInput) => fromIni({ ...INIT, profile })(given);
  return (given) =>
    resolve(given).catch((error: unknown) => {
      throw toCredentialsError(error);
    });
}

function environmentFirst(): Resolve {
  const chain = defaultProvider(INIT);
  const inEnvironment = fromEnv();
  return (given) => inEnvironment().catch(() => chain(given).catch((error: unknown) => explainFailure(error, given)));
}

/**
 * The chain tries its sources in turn and reports the last error. If a profile failed, that error has the
 * actual reason.
 */
async function explainFailure(error: unknown, given: ProviderInput): Promise<never> {
  if (!saysNothing(String(error))) throw error;
  const reason: unknown = await fromIni(INIT)(given).then(
    () => error,
    (why: unknown) => why,
  );
  throw saysNothing(String(reason)) ? error : reason;
}

/**
 * Errors of identity services and credential programs are not answers of the store. A program's error
 * contains its own output, not its command line.
 */
function toCredentialsError(thrown: unknown): Error {
  const { name, message } = thrown as Error;
  const words = message
    .replace(/^Command failed: [^\n]*\n?/, "credential_process failed: ")
    .trim()
    .slice(0, MAX_MESSAGE_CHARS);
  const told = name === "CredentialsProviderError" || name === "Error" ? words : `${name}: ${words}`;
  return Object.assign(new Error(told, { cause: thrown }), { name: "CredentialsProviderError" });
}

const SHARED_FOR_MS = 1000;

/**
 * Resolves a client's credentials again, bypassing the SDK's cache, which lasts until they expire or forever.
 * Calls that get the same rejection share one renewal. If nothing can be resolved, the earlier credentials
 * stay.
 */
export function renewCredentials(
  { config }: Pick<S3Client, "config">,
  now: () => number = () => performance.now(),
): () => Promise<void> {
  let begunAt = Number.NEGATIVE_INFINITY;
  let renewal = Promise.resolve();
  return () => {
    if (now() - begunAt >= SHARED_FOR_MS) {
      begunAt = now();
      renewal = config.credentials({ forceRefresh: true }).then(
        () => undefined,
        () => undefined,
      );
    }
    return renewal;
  };
}

/**
 * The clock that the SDK's client signs with and corrects from every answer. Other clients share it, so they
 * need not detect the skew again.
 */
export function clientClock({ config }: S3Client): ServerClock {
  return {
    now: () => new Date(Date.now() + config.systemClockOffset),
    set: (time) => {
      const serverMs = Date.parse(time);
      if (!Number.isNaN(serverMs)) config.systemClockOffset = serverMs - Date.now();
    },
  };
}
