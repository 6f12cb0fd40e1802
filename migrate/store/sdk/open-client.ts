import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import type { ProviderProfile } from "../../../providers/index.js";
import type { RequestHeaders } from "../object-store.js";
import { rememberSecret } from "../secrets.js";
import { type Network, PLAIN_NETWORK } from "../transport/agents.js";
import { credentialChain } from "./credential-chain.js";
import { openHandler } from "./open-handler.js";

/** Credentials as given by hand; the SDK's usual chain where absent. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ConnectionOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
  readonly checksums: ProviderProfile["checksums"]["value"];
  readonly credentials?: Credentials | undefined;
  /** A profile of the shared configuration files. */
  readonly profile?: string | undefined;
  readonly maxSockets: number;
  /** @default no proxies, and the authorities that Node trusts */
  readonly network?: Network | undefined;
  /** Sent with every request: whose bucket it should be, and who pays. */
  readonly accountHeaders?: RequestHeaders | undefined;
}

const nothing = () => undefined;
const SILENT: NonNullable<S3ClientConfig["logger"]> = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** An SDK client that retries nothing: retries are one decorator's business, for every store alike. */
export function openClient(options: ConnectionOptions): S3Client {
  const config: S3ClientConfig = {
    endpoint: options.endpoint,
    region: options.region,
    forcePathStyle: options.pathStyle,
    requestChecksumCalculation: options.checksums,
    responseChecksumValidation: options.checksums,
    maxAttempts: 1,
    requestHandler: openHandler(options.maxSockets, options.network ?? PLAIN_NETWORK),
    credentials: remembering(options.credentials ?? credentialChain(options.profile)),
    // The SDK warns on the console, of a body that cannot be sent twice for one.
    logger: SILENT,
    // Goes before keys in the environment.
    ...(options.profile && { profile: options.profile }),
  };
  const client = new S3Client(config);
  client.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: Record<string, string> }).headers, options.accountHeaders);
      return next(args);
    },
    { step: "build", name: "addAccountHeaders" },
  );
  return client;
}

type Given = Credentials | ReturnType<typeof credentialChain>;

function remembering(given: Given): Given {
  if (typeof given !== "function") return remembered(given);
  return async (options) => remembered(await given(options));
}

function remembered<T extends Credentials>(credentials: T): T {
  rememberSecret(credentials.secretAccessKey);
  if (credentials.sessionToken !== undefined) rememberSecret(credentials.sessionToken);
  return credentials;
}
