import { type TransportError, transportError } from "./transport-error.js";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);
/** As nginx, Apache, Go and HAProxy put it. */
const NEEDS_TLS =
  /plain HTTP request was sent to HTTPS|speaking plain HTTP to an SSL|sent an HTTP request to an HTTPS server/i;
/** A TLS record that is no handshake: its type, and the version 3.x. */
const TLS_ALERT = 0x15;
const NO_TLS = /wrong version number|packet length too long|http request|record layer failure/i;

const WORDS = {
  redirects: "it redirects to https",
  needsTls: "it answers to TLS alone",
  noTls: "it does not speak TLS",
} as const;

function httpsExpected(words: string, cause?: unknown): TransportError {
  return transportError("HttpsExpected", words, cause);
}

/** A redirect of a request in plain text to https. The other redirects of a store are answers like any other. */
export function redirectToHttps(status: number, location: string | undefined): TransportError | undefined {
  const leadsToHttps = REDIRECTS.has(status) && location !== undefined && /^https:/i.test(location);
  return leadsToHttps ? httpsExpected(WORDS.redirects) : undefined;
}

/** What a server says in plain text to a client that forgot TLS. */
export function plainToTls(body: string): TransportError | undefined {
  return NEEDS_TLS.test(body) ? httpsExpected(WORDS.needsTls) : undefined;
}

interface Thrown {
  readonly code?: string;
  readonly message: string;
  /** Of what could not be parsed as HTTP. */
  readonly rawPacket?: Uint8Array;
}

/** What a connection that broke tells of the scheme. */
export function brokenByScheme(isPlain: boolean, thrown: Thrown): TransportError | undefined {
  const { code = "", message, rawPacket } = thrown;
  if (isPlain) {
    const isAlert = code.startsWith("HPE_") && rawPacket?.[0] === TLS_ALERT && rawPacket[1] === 0x03;
    return isAlert ? httpsExpected(WORDS.needsTls, thrown) : undefined;
  }
  const isTls = code === "EPROTO" || code.startsWith("ERR_SSL");
  return isTls && NO_TLS.test(message) ? transportError("HttpExpected", WORDS.noTls, thrown) : undefined;
}
