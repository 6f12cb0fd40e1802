import { Readable } from "node:stream";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { buildQueryString, type HttpHandler, type HttpRequest, HttpResponse } from "@smithy/core/protocols";
import type { ProviderProfile } from "../../../providers/index.js";
import type { ObjectStore, RequestHeaders } from "../object-store.js";
import { ownErrors } from "../store-error.js";
import { type Network, PLAIN_NETWORK } from "../transport/agents.js";
import { answerTimeoutMs, callLimits, type RequestCounts, SLOW_ANSWER_TIMEOUT_MS } from "../transport/request.js";
import { openTransport } from "../transport/transport.js";
import { rememberSecret } from "../wire.js";
import { bucketCalls, lockCalls, ruleCalls } from "./bucket-calls.js";
import { credentialChain } from "./credential-chain.js";
import { listObjects, listObjectVersions, listVersions } from "./listing-calls.js";
import { bodyCalls, objectCalls } from "./object-calls.js";
import type { SendOptions } from "./send-command.js";
import { listMultipartUploads, listOpenUploads, uploadCalls } from "./upload-calls.js";

/** Explicit credentials. Without them, the SDK's usual chain applies. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

interface ConnectionOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
  readonly checksums: ProviderProfile["checksums"]["value"];
  readonly credentials?: Credentials | undefined;
  /** A profile of the shared configuration files. */
  readonly profile?: string | undefined;
  readonly maxSockets: number;
  /** @default no proxies, and the certificate authorities that Node trusts */
  readonly network?: Network | undefined;
  /** Sent with every request: the expected bucket owner and the requester-pays header. */
  readonly accountHeaders?: RequestHeaders | undefined;
  readonly counts?: RequestCounts | undefined;
}

const nothing = () => undefined;
const SILENT: NonNullable<S3ClientConfig["logger"]> = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** An SDK client that does not retry. One decorator retries, for all stores alike. */
export function openClient(options: ConnectionOptions): S3Client {
  const config: S3ClientConfig = {
    endpoint: options.endpoint,
    region: options.region,
    forcePathStyle: options.pathStyle,
    requestChecksumCalculation: options.checksums,
    responseChecksumValidation: options.checksums,
    maxAttempts: 1,
    requestHandler: openHandler(options.maxSockets, options.network ?? PLAIN_NETWORK),
    credentials: rememberSecrets(options.credentials ?? credentialChain(options.profile)),
    // The SDK writes warnings to the console, for example about a body that cannot be sent twice.
    logger: SILENT,
    // Takes precedence over keys in the environment.
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
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      (args) => {
        options.counts?.add(commandName.replace(/Command$/, ""));
        return next(args);
      },
    // The innermost step, after the request is signed.
    { step: "deserialize", name: "countRequest" },
  );
  return client;
}

type CredentialSource = Credentials | ReturnType<typeof credentialChain>;

function rememberSecrets(given: CredentialSource): CredentialSource {
  if (typeof given !== "function") return remembered(given);
  return async (options) => remembered(await given(options));
}

function remembered<T extends Credentials>(credentials: T): T {
  rememberSecret(credentials.secretAccessKey);
  if (credentials.sessionToken !== undefined) rememberSecret(credentials.sessionToken);
  return credentials;
}

/**
 * Uses our own transport for the SDK, so that proxies, certificate authorities, limits and messages are the
 * same as for the lean calls. Calls that may be silent for minutes have separate connections, so a listing
 * does not wait behind copies.
 */
function openHandler(maxSockets: number, network: Network): HttpHandler {
  const brisk = openTransport(network, maxSockets);
  const patient = openTransport(network, maxSockets);
  const handle: HttpHandler["handle"] = async (request, options = {}) => {
    const { operation, abortSignal: signal } = options as SendOptions;
    const isSlow = operation !== undefined && answerTimeoutMs(operation) === SLOW_ANSWER_TIMEOUT_MS;
    const limits = callLimits(operation);
    const { status, headers, whole, streamed } = await (isSlow ? patient : brisk).send({
      method: request.method,
      protocol: request.protocol === "http:" ? "http:" : "https:",
      hostname: request.hostname,
      port: request.port === undefined ? "" : String(request.port),
      path: withQuery(request),
      headers: request.headers,
      body: request.body as Uint8Array | string | Readable | undefined,
      limits,
      signal,
    });
    const isStreamed = limits.isStreamed && status < 300;
    const body = Readable.from(isStreamed ? streamed() : nonEmpty(await whole()), { objectMode: false });
    return { response: new HttpResponse({ statusCode: status, headers: { ...headers }, body }) };
  };
  return {
    metadata: { handlerProtocol: "http/1.1" },
    handle,
    destroy: () => {
      brisk.close();
      patient.close();
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

function withQuery({ path, query = {} }: HttpRequest): string {
  const text = buildQueryString(query);
  return text === "" ? path : `${path}?${text}`;
}

function nonEmpty(bytes: Uint8Array): readonly Uint8Array[] {
  return bytes.length === 0 ? [] : [bytes];
}

/** Implements every call of `ObjectStore` with @aws-sdk/client-s3. */
export function sdkStore(client: S3Client): ObjectStore {
  return ownErrors({
    ...bucketCalls(client),
    ...ruleCalls(client),
    ...objectCalls(client),
    ...bodyCalls(client),
    ...lockCalls(client),
    ...uploadCalls(client),
    listMultipartUploads: (input) => listMultipartUploads(client, input),
    listOpenUploads: (input) => listOpenUploads(client, input),
    listObjectVersions: (input) => listObjectVersions(client, input),
    listVersions: (input) => listVersions(client, input),
    listObjects: (input) => listObjects(client, input),
  });
}
