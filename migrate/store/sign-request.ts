import aws4, { type Credentials, type Request } from "aws4";

/** White space of HTTP. JavaScript's own has more, such as the space of Japanese text, whose bytes are part of a value. */
const AROUND = /^[\t\n\v\f\r ]+|[\t\n\v\f\r ]+$/g;
const WITHIN = /[\t\n\v\f\r ]+/g;
/** What JavaScript takes for white space beyond that. */
const FURTHER_SPACE = /[^\S\t\n\v\f\r ]/;

/** Signs header values as their bytes are sent: aws4 folds all that JavaScript takes for white space. */
class WireSigner extends aws4.RequestSigner {
  override canonicalHeaders(): string {
    // Makes the list of those that are signed.
    this.signedHeaders();
    const { filteredHeaders } = this as unknown as { filteredHeaders: readonly (readonly [string, unknown])[] };
    return filteredHeaders
      .map(([name, value]) => `${name}:${String(value).replace(AROUND, "").replace(WITHIN, " ")}`)
      .join("\n");
  }
}

/** The headers of a request with its signature, which is made over the bytes that will be sent. */
export function signRequest(request: Request, credentials: Credentials): Record<string, string> {
  return new WireSigner(request, credentials).sign().headers as Record<string, string>;
}

/** Whether common signers would sign something else than the bytes of these values. */
export function isSignedAmiss(headers: Readonly<Record<string, string>>): boolean {
  return Object.values(headers).some((value) => FURTHER_SPACE.test(value));
}
