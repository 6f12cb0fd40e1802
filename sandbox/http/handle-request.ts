import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Authenticate, chunkSignatures } from "../auth/authenticate.js";
import { authorize, checkExpectedOwner } from "../auth/authorize.js";
import { judgeAccess } from "../auth/judge-access.js";
import { openBody } from "../body/request-body.js";
import type { Context } from "../operations/operation.js";
import { OPERATIONS } from "../operations/operations.js";
import type { Fault, Intercept, InterceptedRequest } from "../options.js";
import { type Answer, errorAnswer, type Headers, sendAnswer } from "./answer.js";
import { answerPreflight, corsHeaders } from "./cors.js";
import { parseTarget, type RequestHeaders, type RequestTarget, readHeaders } from "./read-request.js";
import { type OperationName, operationTitle, routeOperation } from "./routes.js";
import { S3Error } from "./s3-error.js";

export interface Service {
  readonly authenticate: Authenticate;
  readonly intercept: Intercept | undefined;
  readonly calls: Record<string, number>;
  newContext(): Context;
}

interface Routed {
  readonly operation: OperationName;
  readonly title: string;
  readonly target: RequestTarget;
  readonly headers: RequestHeaders;
}

type RawBody = (request: IncomingMessage) => AsyncIterable<Buffer>;

/** Answers one request in every case. */
export async function handleRequest(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
  rawBody: RawBody,
): Promise<void> {
  const requestId = nextRequestId();
  let fault: Fault | undefined;
  let answer: Answer;
  try {
    if (request.method === "OPTIONS") {
      await deliver(request, response, preflight(service, request), requestId, undefined);
      return;
    }
    const routed = route(service, request);
    const { bucket, key } = routed.target;
    const method = request.method ?? "GET";
    fault = await playFault(service.intercept, { operation: routed.title, bucket, key, method }, request);
    if (fault?.kind === "reset") {
      return;
    }
    answer = await carryOut(service, routed, request, rawBody);
  } catch (error) {
    answer = errorAnswer(asS3Error(error), request.url?.split("?")[0] ?? "", requestId);
  }
  if (fault?.kind === "reset-after") {
    request.socket.resetAndDestroy();
    return;
  }
  // Clients set their clocks from this header.
  const date = new Date(service.newContext().now()).toUTCString();
  const headers = { date, ...cors(service, request), ...answer.headers };
  await deliver(request, response, { ...answer, headers }, requestId, fault);
}

function preflight({ newContext }: Service, request: IncomingMessage): Answer {
  const headers = readHeaders(request.headers);
  return answerPreflight(newContext().store, parseTarget(request.url ?? "/", headers.host ?? ""), headers);
}

function cors({ newContext }: Service, request: IncomingMessage): Headers {
  const headers = readHeaders(request.headers);
  if (headers.origin === undefined) {
    return {};
  }
  try {
    const target = parseTarget(request.url ?? "/", headers.host ?? "");
    return corsHeaders(newContext().store, target, request.method ?? "GET", headers);
  } catch {
    // An unreadable path names no bucket. The request's own answer reports it.
    return {};
  }
}

function route(service: Service, request: IncomingMessage): Routed {
  const headers = readHeaders(request.headers);
  const target = parseTarget(request.url ?? "/", headers.host ?? "");
  const method = request.method ?? "GET";
  const isCopy = headers["x-amz-copy-source"] !== undefined;
  const operation = routeOperation({ method, ...target, isCopy });
  if (operation === undefined) {
    throw new S3Error("MethodNotAllowed", { fields: { Method: method } });
  }
  const title = operationTitle(operation, target.query);
  service.calls[title] = (service.calls[title] ?? 0) + 1;
  return { operation, title, target, headers };
}

async function carryOut(
  service: Service,
  { operation, target, headers }: Routed,
  request: IncomingMessage,
  rawBody: RawBody,
): Promise<Answer> {
  const authenticated = await service.authenticate({ method: request.method ?? "GET", target, headers });
  const { user, claim } = authenticated;
  const effective = claim?.kind === "presigned" ? withQueryHeaders(headers, target.query) : headers;
  checkExpectedOwner(effective);
  authorize(user, { operation, headers: effective, query: target.query });
  const body = openBody({
    raw: rawBody(request),
    headers: operation === "CompleteMultipartUpload" ? withoutChecksums(effective) : effective,
    checkChunk: authenticated.claim === undefined ? undefined : chunkSignatures(authenticated),
  });
  const { bucket, key, query } = target;
  const call = { operation, bucket, key, query, headers: effective, user, body };
  const context = service.newContext();
  judgeAccess(call, context);
  return OPERATIONS[operation](call, context);
}

// There they are the object's checksums, not those of the request body.
function withoutChecksums(headers: RequestHeaders): RequestHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("x-amz-checksum-")));
}

// Presigning moves x-amz- headers to the query.
function withQueryHeaders(headers: RequestHeaders, query: ReadonlyMap<string, string>): RequestHeaders {
  const moved = [...query]
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name.startsWith("x-amz-"));
  return { ...Object.fromEntries(moved), ...headers };
}

function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) {
    return error;
  }
  return new S3Error("InternalError", { message: `The sandbox failed: ${(error as Error).stack ?? String(error)}` });
}

async function deliver(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  requestId: string,
  fault: Fault | undefined,
): Promise<void> {
  try {
    await sendAnswer(response, answer, {
      requestId,
      withoutBody: request.method === "HEAD",
      truncateAt: fault?.kind === "truncate" ? fault.bytes : fault?.kind === "halve" ? "half" : undefined,
    });
    // The rest of a rejected body must not be read as the next request.
    request.resume();
  } catch {
    // The status is already sent, so only cutting the connection can show that the body is incomplete.
    response.destroy();
  }
}

let last = 0;

/** The ID of one request for its answers, in S3's format. */
function nextRequestId(): string {
  last++;
  return last.toString(16).toUpperCase().padStart(16, "0");
}

/** Applies a fault that occurs before the operation, and returns one that occurs after it. */
async function playFault(
  intercept: Intercept | undefined,
  intercepted: InterceptedRequest,
  request: IncomingMessage,
): Promise<Fault | undefined> {
  const fault = await intercept?.(intercepted);
  if (fault?.kind === "delay") {
    await sleep(fault.ms);
  }
  if (fault?.kind === "reset") {
    request.socket.resetAndDestroy();
  }
  if (fault?.kind === "error") {
    const { code, status, message = "This fault was asked for" } = fault;
    throw Object.assign(new S3Error("InternalError", { status, message }), { code });
  }
  return fault;
}
