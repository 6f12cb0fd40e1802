import type { S3Client } from "@aws-sdk/client-s3";
import { fromEnv } from "@aws-sdk/credential-provider-env";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { type DefaultProviderInit, defaultProvider } from "@aws-sdk/credential-provider-node";
import type { ServerClock } from "../store-error.js";

type Given = Parameters<ReturnType<typeof defaultProvider>>[0];
type Resolve = (given?: Given) => ReturnType<ReturnType<typeof fromIni>>;

/** The SDK reads each configuration file once a process: keys that were renewed meanwhile would not be seen. */
const INIT: DefaultProviderInit = { ignoreCache: true };
const MOST_WORDS = 500;

/**
 * Credentials as AWS's tools find them. A profile that was asked for is the only source: nobody else's are taken where it
 * has none. Without one, keys in the environment go before AWS_PROFILE, and then comes the SDK's usual chain.
 */
export function credentialChain(profile: string | undefined): Resolve {
  const resolve = profile === undefined ? environmentFirst() : (given: Given) => fromIni({ ...INIT, profile })(given);
  return (given) =>
    resolve(given).catch((error: unknown) => {
      throw ofCredentials(error);
    });
}

function environmentFirst(): Resolve {
  const chain = defaultProvider(INIT);
  const inEnvironment = fromEnv();
  return (given) => inEnvironment().catch(() => chain(given).catch((error: unknown) => tellWhy(error, given)));
}

/** The chain tries one source after the other and tells of the last; a profile that failed has the reason. */
async function tellWhy(error: unknown, given: Given): Promise<never> {
  if (!saysNothing(String(error))) throw error;
  const reason: unknown = await fromIni(INIT)(given).then(
    () => error,
    (why: unknown) => why,
  );
  throw saysNothing(String(reason)) ? error : reason;
}

/** What identity services and programs say is no answer of the store. Of a program its own words are told, not how it was called. */
function ofCredentials(thrown: unknown): Error {
  const { name, message } = thrown as Error;
  const words = message
    .replace(/^Command failed: [^\n]*\n?/, "credential_process failed: ")
    .trim()
    .slice(0, MOST_WORDS);
  const told = name === "CredentialsProviderError" || name === "Error" ? words : `${name}: ${words}`;
  return Object.assign(new Error(told, { cause: thrown }), { name: "CredentialsProviderError" });
}

const SHARED_FOR_MS = 1000;

/**
 * Resolves a client's credentials anew, past what the SDK keeps until they expire, or for good. Calls that meet the same
 * refusal share what one of them began. Where nothing can be resolved the earlier credentials stay.
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

/** The clock that the SDK's client signs by and sets by every answer: whoever shares it need not find out for themselves. */
export function clientClock({ config }: S3Client): ServerClock {
  return {
    now: () => new Date(Date.now() + config.systemClockOffset),
    set: (time) => {
      const serverMs = Date.parse(time);
      if (!Number.isNaN(serverMs)) config.systemClockOffset = serverMs - Date.now();
    },
  };
}

const NOTHING =
  /Could not load credentials from any providers|Could not resolve credentials using profile: \[default\]/;

/** Whether the SDK found no credentials, without a reason that would help anybody. */
export function saysNothing(words: string): boolean {
  return NOTHING.test(words);
}
