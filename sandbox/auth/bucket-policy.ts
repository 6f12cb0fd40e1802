import { S3Error } from "../http/s3-error.js";

/** The request that a policy is evaluated for. */
export interface PolicyQuestion {
  /** Every name that a statement may use for the caller; empty for an anonymous one. */
  readonly principals: readonly string[];
  /** For example `s3:GetObject`. */
  readonly action: string;
  /** For example `arn:aws:s3:::bucket/key`. */
  readonly resource: string;
  /**
   * The value of a condition key in lower case, for example `s3:prefix`; undefined if the request has none.
   */
  condition(key: string): string | undefined;
}

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Rejects a document that is not a valid bucket policy. */
export function checkPolicy(text: string): void {
  for (const { Effect, NotPrincipal } of readStatements(text)) {
    if (Effect === "Allow" && NotPrincipal !== undefined) {
      throw new S3Error("MalformedPolicy", { message: "Allow with NotPrincipal is not allowed" });
    }
  }
}

/** The combined result of the statements: a denial outweighs everything, and undefined means no decision. */
export function judgePolicy(text: string, question: PolicyQuestion): Verdict {
  return judge(readStatements(text), question);
}

/** As `judgePolicy`, for a user's own policy, which names no principals. */
export function judgeUserPolicy(text: string, question: PolicyQuestion): Verdict {
  const statements = readStatements(text).map((statement) => ({ ...statement, Principal: "*" }));
  return judge(statements, question);
}

type Verdict = "allow" | "deny" | undefined;

function judge(statements: readonly Statement[], question: PolicyQuestion): Verdict {
  const fitting = statements.filter((statement) => fits(statement, question));
  if (fitting.some(({ Effect }) => Effect === "Deny")) {
    return "deny";
  }
  return fitting.some(({ Effect }) => Effect === "Allow") ? "allow" : undefined;
}

function readStatements(text: string): readonly Statement[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new S3Error("MalformedPolicy");
  }
  const statements = (document as { Statement?: unknown } | null)?.Statement ?? [];
  return (Array.isArray(statements) ? statements : [statements]) as readonly Statement[];
}

function fits(statement: Statement, question: PolicyQuestion): boolean {
  const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  return (
    (NotPrincipal === undefined ? names(Principal, question) : !names(NotPrincipal, question)) &&
    (NotAction === undefined
      ? matchesAny(Action, question.action, true)
      : !matchesAny(NotAction, question.action, true)) &&
    (NotResource === undefined
      ? matchesAny(Resource, question.resource)
      : !matchesAny(NotResource, question.resource)) &&
    Object.entries(Condition).every(([operator, block]) =>
      Object.entries(block).every(([key, values]) =>
        holds(operator, question.condition(key.toLowerCase()), texts(values)),
      ),
    )
  );
}

function names(principal: unknown, { principals }: PolicyQuestion): boolean {
  const named =
    typeof principal === "object" && principal !== null ? Object.values(principal).flatMap(texts) : texts(principal);
  return named.some((name) => name === "*" || principals.includes(name));
}

function texts(value: unknown): readonly string[] {
  return value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);
}

function matchesAny(patterns: unknown, text: string, ignoreCase = false): boolean {
  return texts(patterns).some((pattern) => like(text, pattern, ignoreCase));
}

function like(text: string, pattern: string, ignoreCase = false): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^]*")
    .replaceAll("?", "[^]");
  return new RegExp(`^${source}$`, ignoreCase ? "i" : "").test(text);
}

type Test = (value: string, given: string) => boolean;

const TESTS: Readonly<Record<string, Test>> = {
  StringEquals: (value, given) => value === given,
  StringEqualsIgnoreCase: (value, given) => value.toLowerCase() === given.toLowerCase(),
  StringLike: (value, given) => like(value, given),
  ArnEquals: (value, given) => like(value, given),
  ArnLike: (value, given) => like(value, given),
  Bool: (value, given) => value === given.toLowerCase(),
  IpAddress: (value, given) => value === given.replace(/\/32$/, "") || given === "0.0.0.0/0",
  NumericEquals: (value, given) => Number(value) === Number(given),
  NumericLessThan: (value, given) => Number(value) < Number(given),
  NumericLessThanEquals: (value, given) => Number(value) <= Number(given),
  NumericGreaterThan: (value, given) => Number(value) > Number(given),
  NumericGreaterThanEquals: (value, given) => Number(value) >= Number(given),
  DateLessThan: (value, given) => Date.parse(value) < Date.parse(given),
  DateGreaterThan: (value, given) => Date.parse(value) > Date.parse(given),
};

/**
 * Evaluates one operator on one key. If the request lacks the key, negated operators and those ending in
 * IfExists match.
 */
function holds(operator: string, value: string | undefined, given: readonly string[]): boolean {
  const name = operator.replace(/^For(?:AllValues|AnyValue):/, "");
  if (name === "Null") {
    return given.includes(String(value === undefined));
  }
  const ifExists = name.endsWith("IfExists");
  const plain = name.replace(/IfExists$/, "");
  const positive = plain.replace(/Not(?=Equals|Like|IpAddress)/, "");
  const test = TESTS[positive];
  if (value === undefined || test === undefined) {
    return value === undefined && (ifExists || plain !== positive || operator.startsWith("ForAllValues:"));
  }
  const some = given.some((each) => test(value, each));
  return plain === positive ? some : !some;
}
