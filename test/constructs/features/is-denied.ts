import type { RenderedPolicy } from "../policy-of.js";

/** What of a PutObject request its encryption depends on. */
export interface UploadRequest {
  readonly sse?: string;
  readonly customerAlgorithm?: string;
}

/** Whether a policy denies an upload over TLS 1.3, by the rules of the policy language. */
export function isDenied({ Statement }: RenderedPolicy, request: UploadRequest): boolean {
  const facts: Readonly<Record<string, string | undefined>> = {
    "s3:x-amz-server-side-encryption": request.sse,
    "s3:x-amz-server-side-encryption-customer-algorithm": request.customerAlgorithm,
    "aws:SecureTransport": "true",
    "s3:TlsVersion": "1.3",
  };
  const holds = (operator: string, key: string, wanted: unknown): boolean => {
    const is = facts[key];
    const test = OPERATORS[operator];
    if (test === undefined) throw new Error(`operator ${operator} is not known here`);
    return test(is, String(wanted));
  };
  // All operators and all keys of a statement have to hold, and one statement is enough.
  return Statement.some(
    ({ Effect, Condition = {} }) =>
      Effect === "Deny" &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, wanted]) => holds(operator, key, wanted)),
      ),
  );
}

const OPERATORS: Readonly<Record<string, (is: string | undefined, wanted: string) => boolean>> = {
  Bool: (is, wanted) => is === wanted,
  Null: (is, wanted) => (is === undefined) === (wanted === "true"),
  NumericLessThan: (is, wanted) => is !== undefined && Number(is) < Number(wanted),
  // A negated operator holds where the key is absent, too.
  StringNotEquals: (is, wanted) => is !== wanted,
};
