import type {
  $Command,
  S3Client,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from "@aws-sdk/client-s3";
import type { RequestHeaders } from "../object-store.js";
import { type Operation, publishRequest, requests } from "../operations.js";
import { classifyError, namedRegion, retryAfter, StoreError } from "../store-error.js";
import { createSigner, isSignedAmiss } from "../transport/sign.js";
import { readWireHeaders, writeWireHeaders } from "../wire.js";

type S3Command<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> = $Command<
  Input,
  Output,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>;

/** Send options: the limits depend on the operation. */
export interface SendOptions {
  readonly operation?: Operation;
  readonly abortSignal?: AbortSignal;
}

interface WithHeaders {
  headers: Record<string, string>;
}

interface SignedRequest extends WithHeaders {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[] | null>>;
}

interface Answer<Output> {
  readonly output: Output;
  /**
   * Unparsed, by lower-case name. The SDK's own output drops unknown headers and parses some that must stay
   * as they are.
   */
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends one command with extra request headers, and returns the raw response headers with its output. */
export async function sendCommand<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  client: S3Client,
  operation: Operation,
  command: S3Command<Input, Output>,
  requestHeaders: RequestHeaders = {},
  { abortSignal }: Pick<SendOptions, "abortSignal"> = {},
): Promise<Answer<Output>> {
  const begunAt = performance.now();
  const seen = seeExchange(client, command, requestHeaders);
  const publish = (status: number | null, requestId: string | null) => {
    if (!requests.hasSubscribers) return;
    const { Bucket: bucket = "", Key: key = "" } = command.input as { readonly Bucket?: string; readonly Key?: string };
    publishRequest(begunAt, { operation, method: seen.method, bucket, key, status, requestId });
  };
  try {
    const options: SendOptions = { operation, ...(abortSignal && { abortSignal }) };
    const output = await client.send(command, options);
    publish(seen.status, seen.headers["x-amz-request-id"] ?? null);
    return { output, headers: seen.headers };
  } catch (thrown) {
    const error = fromSdkError(operation, thrown);
    publish(error.facts.status, error.facts.requestId);
    throw error;
  }
}

/** What went over the wire for a command. */
interface Seen {
  method: string;
  status: number | null;
  headers: Record<string, string>;
}

function seeExchange<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  client: S3Client,
  { middlewareStack }: S3Command<Input, Output>,
  requestHeaders: RequestHeaders,
): Seen {
  const seen: Seen = { method: "", status: null, headers: {} };
  middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as WithHeaders).headers, requestHeaders);
      return next(args);
    },
    { step: "build", name: "addRequestHeaders" },
  );
  middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as SignedRequest;
      seen.method = request.method;
      if (isSignedAmiss(request.headers)) request.headers = await signAgain(client, request);
      request.headers = writeWireHeaders(request.headers);
      const result = await next(args);
      const { headers, statusCode } = result.response as WithHeaders & { readonly statusCode: number };
      seen.status = statusCode;
      seen.headers = readWireHeaders(headers);
      return result;
    },
    { step: "deserialize", name: "exchangeRawHeaders" },
  );
  return seen;
}

/** Replaces the SDK's signature by one over the bytes that are actually sent. */
async function signAgain(client: S3Client, { method, path, query, headers }: SignedRequest) {
  const [region, credentials] = await Promise.all([client.config.region(), client.config.credentials()]);
  const { authorization: _authorization, ...unsigned } = headers;
  const pairs = Object.entries(query).flatMap(([name, value]) => [value ?? ""].flat().map((one) => [name, one]));
  const search = pairs.map(([name = "", value = ""]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const request = { method, path: search.length > 0 ? `${path}?${search.join("&")}` : path, headers: unsigned };
  return { ...unsigned, authorization: createSigner(region)(request, credentials) };
}

interface SdkErrorLike extends Error {
  readonly code?: string;
  /** From the error document. */
  readonly Region?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

const UNREADABLE =
  "the answer is not the XML that S3 sends: is it an S3 endpoint, or does a proxy or a login page answer?";

/** The text that the SDK adds to its parser errors is for programmers. */
function isUnreadable({ name, message }: Error): boolean {
  return name === "SyntaxError" || message.includes("Deserialization error") || message.includes("$response");
}

/** Code and message of the store, or those of the lean calls if the store sent none. */
function wordsOf(error: SdkErrorLike, status: number | null): { readonly code: string; readonly message: string } {
  if (status === null) {
    const code = error.code ?? error.name;
    return { code, message: error.message || code };
  }
  if (isUnreadable(error)) return { code: status < 300 ? "IncompleteAnswer" : `HTTP ${status}`, message: UNREADABLE };
  const code = error.name === "Unknown" ? `HTTP ${status}` : error.name;
  const message = error.message === "UnknownError" ? "the answer contains no message" : error.message;
  return { code, message: message || code };
}

/** Converts any error of the SDK or the socket to a `StoreError`. */
export function fromSdkError(operation: Operation, thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown;
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as SdkErrorLike;
  const status = error.$metadata?.httpStatusCode ?? null;
  const requestId = error.$metadata?.requestId ?? null;
  const { code, message } = wordsOf(error, status);
  // A success without a result proves nothing, so the call may be repeated.
  const kind = code === "IncompleteAnswer" ? "server-error" : classifyError(code, status, message);
  const asked = retryAfter(status, error.$response?.headers?.["retry-after"]);
  const region = namedRegion(kind, error.$response?.headers, error.Region);
  return new StoreError({ kind, operation, status, code, message, requestId, ...asked, ...region }, thrown);
}

/**
 * A 200 without its result: a proxy's page or a truncated answer. It proves nothing, so the call may be
 * repeated.
 */
export function incompleteAnswer(operation: Operation, missing: string): StoreError {
  const message = `the answer contains no ${missing}`;
  const code = "IncompleteAnswer";
  return new StoreError({ kind: "server-error", operation, status: 200, code, message, requestId: null });
}
