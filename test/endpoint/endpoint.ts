import type { Endpoint } from "./witness.js";

const { env } = process;

/** Where `npm run test:server` runs, by the environment; undefined where that names none. */
export function endpointOfEnvironment(): Endpoint | undefined {
  const endpoint = env.BUCKETSEAL_TEST_ENDPOINT;
  if (endpoint === undefined) return undefined;
  return {
    endpoint,
    region: env.BUCKETSEAL_TEST_REGION ?? env.AWS_REGION ?? "us-east-1",
    credentials: {
      accessKeyId: env.BUCKETSEAL_TEST_ACCESS_KEY_ID ?? env.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: env.BUCKETSEAL_TEST_SECRET_ACCESS_KEY ?? env.AWS_SECRET_ACCESS_KEY ?? "",
      ...(env.AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: env.AWS_SESSION_TOKEN }),
    },
  };
}

export const NO_ENDPOINT = "BUCKETSEAL_TEST_ENDPOINT is not set: npm run test:server -- ENDPOINT sets it";
