export type Headers = Readonly<Record<string, string>>;

/** What an operation answers; the handler adds the headers that every answer has. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** No `content-length` is sent, not even 0 for an empty body. */
  readonly withoutLength?: boolean;
  readonly body?: string | AsyncIterable<Uint8Array>;
}

const XML = { "content-type": "application/xml" } as const;

export function xmlAnswer(body: string, headers: Headers = {}): Answer {
  return { status: 200, headers: { ...XML, ...headers }, body };
}

export function emptyAnswer(status: 200 | 204 | 304 | 202, headers: Headers = {}): Answer {
  return { status, headers };
}
