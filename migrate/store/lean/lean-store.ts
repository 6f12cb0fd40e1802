import aws4 from "aws4";
import type { ObjectHead, WriteResult } from "../answers.js";
import { bareEtag } from "../bare-etag.js";
import { copySource } from "../encode-key.js";
import type { CopyObjectInput, HeadObjectInput, ObjectStore } from "../object-store.js";
import type { Operation } from "../operations.js";
import type { Credentials } from "../sdk/open-client.js";
import { StoreError } from "../store-error.js";
import { answerError, parseXml, socketError } from "./answer-error.js";
import { type EndpointParts, objectUrl, parseEndpoint } from "./object-url.js";
import { type IncomingAnswer, requestSender, type SendRequest } from "./send-request.js";

const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export interface LeanOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
  readonly maxSockets: number;
  /** Asked before every request, so that renewed credentials are used at once. */
  readonly credentials: () => Promise<Credentials>;
}

interface Call {
  readonly operation: Operation;
  readonly method: "HEAD" | "PUT";
  readonly bucket: string;
  readonly key: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The two calls that every object costs, over node:http: a fraction of the SDK's CPU time a request (see bench/).
 * Everything else goes to `rest`.
 */
export function leanStore(rest: ObjectStore, options: LeanOptions): ObjectStore {
  const endpoint = parseEndpoint(options.endpoint, options.pathStyle);
  const send = requestSender(endpoint.protocol, options.maxSockets);
  const exchange = (call: Call) => signAndSend(call, endpoint, options, send);
  return {
    ...rest,
    headObject: async (input) => headAnswer(await exchange(headCall(input))),
    copyObject: async (input) => copyAnswer(await exchange(copyCall(input))),
  };
}

function headCall({ bucket, key, versionId, partNumber }: HeadObjectInput): Call {
  const query = new URLSearchParams();
  if (partNumber !== undefined) query.set("partNumber", String(partNumber));
  if (versionId !== undefined) query.set("versionId", versionId);
  const headers = { "x-amz-checksum-mode": "ENABLED" };
  return { operation: "headObject", method: "HEAD", bucket, key, query: query.toString(), headers };
}

function copyCall({ bucket, key, sourceVersionId, headers }: CopyObjectInput): Call {
  const source = { "x-amz-copy-source": copySource(bucket, key, sourceVersionId), "content-length": "0" };
  return { operation: "copyObject", method: "PUT", bucket, key, query: "", headers: { ...headers, ...source } };
}

async function signAndSend(call: Call, endpoint: EndpointParts, options: LeanOptions, send: SendRequest) {
  const { host, path } = objectUrl(endpoint, call.bucket, call.key);
  const request = {
    service: "s3",
    region: options.region,
    method: call.method,
    host,
    path: call.query ? `${path}?${call.query}` : path,
    headers: {
      ...call.headers,
      host: endpoint.port ? `${host}:${endpoint.port}` : host,
      "x-amz-content-sha256": EMPTY_SHA256,
    },
  };
  try {
    const { headers } = aws4.sign(request, await options.credentials());
    const { protocol, port } = endpoint;
    const answer = await send({ ...request, headers: headers as Record<string, string>, protocol, port });
    return { operation: call.operation, answer };
  } catch (error) {
    throw socketError(call.operation, error);
  }
}

interface Exchanged {
  readonly operation: Operation;
  readonly answer: IncomingAnswer;
}

function headAnswer({ operation, answer }: Exchanged): ObjectHead {
  if (answer.status !== 200 && answer.status !== 206) throw answerError(operation, answer, {});
  return { headers: answer.headers, requestId: answer.headers["x-amz-request-id"] ?? null };
}

function copyAnswer({ operation, answer }: Exchanged): WriteResult {
  const document = parseXml(answer.body);
  const result = document.CopyObjectResult;
  if (answer.status !== 200 || document.Error) throw answerError(operation, answer, document);
  if (result === undefined) throw incomplete(answer);
  return {
    etag: bareEtag(String(result.ETag ?? "")),
    versionId: answer.headers["x-amz-version-id"] ?? null,
    requestId: answer.headers["x-amz-request-id"] ?? null,
  };
}

/** A connection cut in the middle of a chunked body can look like an answer: it proves nothing. */
function incomplete({ status, headers }: IncomingAnswer): StoreError {
  const requestId = headers["x-amz-request-id"] ?? null;
  const message = "the answer holds no CopyObjectResult";
  return new StoreError({
    kind: "server-error",
    operation: "copyObject",
    status,
    code: "IncompleteAnswer",
    message,
    requestId,
  });
}
