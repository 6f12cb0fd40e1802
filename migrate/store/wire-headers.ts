import { withoutSecrets } from "./secrets.js";

type Headers = Readonly<Record<string, string>>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: "only ASCII" is what it asks
const ASCII = /^[\u0000-\u007f]*$/;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Stands in a value for bytes that are no UTF-8: what they were cannot be signed, nor sent again. */
export const NO_UTF8 = "\ufffd";

/** Header values as text: node reads their bytes as latin-1, while S3 means UTF-8, which signatures are made over. */
export function readWireHeaders(headers: Headers): Record<string, string> {
  const read = mapValues(headers, (value) => (ASCII.test(value) ? value : utf8.decode(Buffer.from(value, "latin1"))));
  const requestId = read["x-amz-request-id"];
  // It goes into the journal of every object.
  return requestId === undefined ? read : { ...read, "x-amz-request-id": withoutSecrets(requestId) };
}

const ENCODED_ONCE_MORE = "content-disposition";

/**
 * Text to what node has to be given so that UTF-8 goes out. To be done after signing. Once node knows the length of a body it writes one
 * header in another encoding than all others, so that this one goes first.
 */
export function writeWireHeaders(headers: Headers): Record<string, string> {
  const written = mapValues(headers, (value) => (ASCII.test(value) ? value : Buffer.from(value).toString("latin1")));
  const { [ENCODED_ONCE_MORE]: first, ...others } = written;
  return first === undefined ? written : { [ENCODED_ONCE_MORE]: first, ...others };
}

function mapValues(headers: Headers, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value)]));
}
