import { createHash, timingSafeEqual } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { CheckChunk } from "../body/aws-chunked.js";
import type { RequestHeaders, RequestTarget } from "../http/read-request.js";
import { S3Error } from "../http/s3-error.js";
import { ANONYMOUS, type SandboxUser } from "../options.js";
import {
  checkAllSigned,
  checkRegion,
  checkTime,
  NodeSha256,
  readAuthorization,
  readPresigned,
  type SignatureClaim,
} from "./credential.js";

export interface SignedRequest {
  readonly method: string;
  readonly target: RequestTarget;
  readonly headers: RequestHeaders;
}

/** The signer of a request, with the data needed to verify the chunks of its body. */
interface Signed {
  readonly user: SandboxUser;
  readonly claim: SignatureClaim;
  readonly signer: SignatureV4;
  readonly signingDate: Date;
}

/** The origin of a request. */
type Authenticated = Signed | { readonly user: SandboxUser; readonly claim: undefined };

export type Authenticate = (request: SignedRequest) => Promise<Authenticated>;

const UNSIGNED = "UNSIGNED-PAYLOAD";

/** Verifies SigV4 signatures with the AWS SDK's library, never with bucketseal's own signer. */
export function createAuthenticate(
  users: readonly SandboxUser[],
  regionFor: (request: SignedRequest, claim: SignatureClaim) => string,
  clock: () => Date,
): Authenticate {
  const known = new Map(users.map((user) => [user.accessKeyId, { user, signerFor: signersOf(user) }]));
  return async (request) => {
    const claim = readClaim(request);
    if (claim === undefined) {
      return { user: ANONYMOUS, claim };
    }
    const found = known.get(claim.accessKeyId);
    if (found === undefined) {
      throw new S3Error("InvalidAccessKeyId", { fields: { AWSAccessKeyId: claim.accessKeyId } });
    }
    checkRegion(claim, regionFor(request, claim));
    const signingDate = checkTime(claim, clock().getTime());
    checkAllSigned(request.headers, claim.signedHeaders);
    const signer = found.signerFor(claim.region);
    const expected = await signatureOf(request, claim, signer, signingDate);
    if (!sameText(expected, claim.signature)) {
      throw new S3Error("SignatureDoesNotMatch", { fields: { AWSAccessKeyId: claim.accessKeyId } });
    }
    return { user: found.user, signer, claim, signingDate };
  };
}

/** One signer per region that requests are signed for. */
function signersOf(user: SandboxUser): (region: string) => SignatureV4 {
  const signers = new Map<string, SignatureV4>();
  return (region) => {
    const signer = signers.get(region) ?? createSigner(user, region);
    signers.set(region, signer);
    return signer;
  };
}

function createSigner({ accessKeyId, secretAccessKey }: SandboxUser, region: string): SignatureV4 {
  return new SignatureV4({
    service: "s3",
    region,
    credentials: { accessKeyId, secretAccessKey },
    sha256: NodeSha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
}

/** Undefined for an unsigned request. An empty header counts as absent. */
function readClaim({ headers, target }: SignedRequest): SignatureClaim | undefined {
  if (headers.authorization !== undefined && headers.authorization !== "") {
    return readAuthorization(headers.authorization, headers["x-amz-date"]);
  }
  if (target.query.has("X-Amz-Signature")) {
    return readPresigned(target.query);
  }
  return undefined;
}

async function signatureOf(
  { method, target, headers }: SignedRequest,
  claim: SignatureClaim,
  signer: SignatureV4,
  signingDate: Date,
): Promise<string> {
  const payloadHash = payloadHashOf(headers, target, claim.kind);
  const signed = signedHeaders(headers, claim.signedHeaders);
  const unsigned = ["x-amz-date", "x-amz-content-sha256"].filter((name) => !claim.signedHeaders.includes(name));
  const options = {
    signingDate,
    unsignableHeaders: new Set(unsigned),
    signableHeaders: new Set(claim.signedHeaders),
  };
  const request = {
    method,
    protocol: "http:",
    hostname: "",
    path: target.canonicalPath,
    query: Object.fromEntries(target.query),
    headers: { ...signed, "x-amz-content-sha256": payloadHash },
  };
  if (claim.kind === "presigned") {
    const unhoistableHeaders = new Set(Object.keys(request.headers));
    const url = await signer.presign(request, { ...options, unhoistableHeaders, expiresIn: claim.expiresSeconds });
    return String(url.query?.["X-Amz-Signature"]);
  }
  const result = await signer.sign(request, options);
  return result.headers.authorization?.split("Signature=")[1] ?? "";
}

function payloadHashOf(headers: RequestHeaders, target: RequestTarget, kind: SignatureClaim["kind"]): string {
  const given = headers["x-amz-content-sha256"];
  if (kind === "presigned") {
    return target.query.get("X-Amz-Content-Sha256") ?? given ?? UNSIGNED;
  }
  if (given === undefined) {
    throw new S3Error("InvalidRequest", {
      message: "Missing required header for this request: x-amz-content-sha256",
    });
  }
  return given;
}

function signedHeaders(headers: RequestHeaders, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, headers[name] ?? ""]));
}

function sameText(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}

const EMPTY_SHA256 = createHash("sha256").digest("hex");

/** Verifies the chunk signatures of one request, each of which covers the previous one. */
export function chunkSignatures({ claim, signer, signingDate }: Signed): CheckChunk {
  const scope = `${claim.scopeDate}/${claim.region}/s3/aws4_request`;
  let previous = claim.signature;
  return async (signature, payloadSha256, kind) => {
    const lines = [claim.timestamp, scope, previous];
    const text =
      kind === "chunk"
        ? ["AWS4-HMAC-SHA256-PAYLOAD", ...lines, EMPTY_SHA256, payloadSha256]
        : ["AWS4-HMAC-SHA256-TRAILER", ...lines, payloadSha256];
    const expected = await signer.sign(text.join("\n"), { signingDate });
    if (expected !== signature) {
      throw new S3Error("SignatureDoesNotMatch");
    }
    previous = signature;
  };
}
