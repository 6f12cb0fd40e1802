import type {
  $Command,
  S3Client,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from "@aws-sdk/client-s3";
import type { RequestHeaders } from "../object-store.js";
import type { Operation } from "../operations.js";
import { isSignedAmiss, signRequest } from "../sign-request.js";
import { readWireHeaders, writeWireHeaders } from "../wire-headers.js";
import { fromSdkError } from "./from-sdk-error.js";
import type { SendOptions } from "./open-handler.js";

type S3Command<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> = $Command<
  Input,
  Output,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>;

interface WithHeaders {
  headers: Record<string, string>;
}

interface SignedRequest extends WithHeaders {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[] | null>>;
}

export interface Answer<Output> {
  readonly output: Output;
  /** Raw, by lower-case name: the SDK's own view drops what it does not know and parses what it should not. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends one command with extra request headers, and hands back the answer's raw headers beside its output. */
export async function sendCommand<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  client: S3Client,
  operation: Operation,
  command: S3Command<Input, Output>,
  requestHeaders: RequestHeaders = {},
  { abortSignal }: Pick<SendOptions, "abortSignal"> = {},
): Promise<Answer<Output>> {
  let headers: Record<string, string> = {};
  command.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as WithHeaders).headers, requestHeaders);
      return next(args);
    },
    { step: "build", name: "addRequestHeaders" },
  );
  command.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as SignedRequest;
      if (isSignedAmiss(request.headers)) request.headers = await signAgain(client, request);
      request.headers = writeWireHeaders(request.headers);
      const result = await next(args);
      headers = readWireHeaders((result.response as WithHeaders).headers);
      return result;
    },
    { step: "deserialize", name: "exchangeRawHeaders" },
  );
  try {
    const options: SendOptions = { operation, ...(abortSignal && { abortSignal }) };
    const output = await client.send(command, options);
    return { output, headers };
  } catch (error) {
    throw fromSdkError(operation, error);
  }
}

/** The SDK's signature, made once more over the bytes that are sent. */
async function signAgain(client: S3Client, { method, path, query, headers }: SignedRequest) {
  const [region, credentials] = await Promise.all([client.config.region(), client.config.credentials()]);
  const { authorization: _authorization, ...unsigned } = headers;
  const pairs = Object.entries(query).flatMap(([name, value]) => [value ?? ""].flat().map((one) => [name, one]));
  const search = pairs.map(([name = "", value = ""]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const request = { service: "s3", region, method, path: search.length > 0 ? `${path}?${search.join("&")}` : path };
  return signRequest({ ...request, headers: unsigned }, credentials);
}
