import { fromEnv } from "@aws-sdk/credential-provider-env";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { type DefaultProviderInit, defaultProvider } from "@aws-sdk/credential-provider-node";
import { saysNothing } from "./says-nothing.js";

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
