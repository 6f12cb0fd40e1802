import { withoutQuery } from "../../providers/index.js";
import { RunError } from "../errors.js";
import { visibleText } from "../model/text.js";
import type { Network } from "../store/transport/agents.js";
import { callLimits } from "../store/transport/request.js";
import { openTransport } from "../store/transport/transport.js";
import { checkTimestamp, timestampRequest } from "./timestamp-token.js";

/** The most that a reply may have: a token with a chain of certificates has less than a tenth of that. */
const MAX_REPLY_BYTES = 256 * 1024;

/**
 * Asks a time-stamping authority (RFC 3161) for a time stamp of these bytes, of which it learns the SHA-256 alone.
 * Returns its reply, which was checked. Nothing is sent anywhere else: a redirect is refused.
 *
 * @throws RunError if no reply came, or not one about these bytes
 */
export async function requestTimestamp(url: string, bytes: Uint8Array, network: Network): Promise<Buffer> {
  const { der, nonce } = timestampRequest(bytes);
  const reply = await exchange(url, der, network);
  const checked = await checkTimestamp(reply, { bytes, nonce });
  if (checked.kind === "valid") return reply;
  throw refused(url, `sent no usable time stamp: ${checked.problem}`);
}

async function exchange(url: string, body: Buffer, network: Network): Promise<Buffer> {
  const { protocol, hostname, port, host, pathname, search } = new URL(url);
  const transport = openTransport(network, 1);
  try {
    const answer = await transport.send({
      method: "POST",
      protocol: protocol === "https:" ? "https:" : "http:",
      hostname,
      port,
      path: pathname + search,
      headers: {
        host,
        "content-type": "application/timestamp-query",
        "content-length": String(body.length),
        accept: "application/timestamp-reply",
      },
      body,
      limits: { ...callLimits(undefined), bodyBytes: MAX_REPLY_BYTES },
    });
    const { status, headers } = answer;
    const { location } = headers;
    if (status >= 300 && status < 400 && location !== undefined) {
      throw refused(url, `redirects to ${location}, which was not asked: name that URL if you trust it`);
    }
    if (status !== 200) throw refused(url, `answered HTTP status ${status}`);
    return await answer.whole();
  } catch (error) {
    if (error instanceof RunError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw refused(url, `did not answer: ${message}${code === undefined ? "" : ` (${code})`}`, error);
  } finally {
    transport.close();
  }
}

function refused(url: string, what: string, cause?: unknown): RunError {
  const words = `the time-stamping authority ${withoutQuery(url)} ${what}; nothing was signed`;
  return new RunError(visibleText(words), { cause });
}
