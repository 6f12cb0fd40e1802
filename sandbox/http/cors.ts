import type { Store } from "../storage/store.js";
import type { Answer, Headers } from "./answer.js";
import type { RequestHeaders, RequestTarget } from "./read-request.js";
import { S3Error } from "./s3-error.js";
import { children, parseXml, type XmlElement } from "./xml.js";

interface CorsRule {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAgeSeconds: string | undefined;
}

/** The answer to a browser's preflight request, which needs no signature. */
export function answerPreflight(store: Store, { bucket }: RequestTarget, headers: RequestHeaders): Answer {
  const { origin } = headers;
  const method = headers["access-control-request-method"];
  if (origin === undefined) {
    throw new S3Error("BadRequest");
  }
  if (method === undefined) {
    throw new S3Error("BadRequest", { message: "Invalid Access-Control-Request-Method: null" });
  }
  const asked = list(headers["access-control-request-headers"]);
  const rule = rulesOf(store, bucket).find((each) => allows(each, origin, method) && allowsHeaders(each, asked));
  if (rule === undefined) {
    throw new S3Error("AccessForbidden");
  }
  return {
    status: 200,
    headers: {
      ...allowed(rule, origin),
      ...(asked.length > 0 && { "access-control-allow-headers": asked.join(", ") }),
      ...(rule.maxAgeSeconds !== undefined && { "access-control-max-age": rule.maxAgeSeconds }),
    },
  };
}

/** The headers that let a page in a browser read an answer, including errors. */
export function corsHeaders(store: Store, target: RequestTarget, method: string, headers: RequestHeaders): Headers {
  const { origin } = headers;
  if (origin === undefined || method === "OPTIONS") {
    return {};
  }
  const asked = headers["access-control-request-method"] ?? method;
  const rule = rulesOf(store, target.bucket).find((each) => allows(each, origin, asked));
  return rule === undefined ? {} : allowed(rule, origin);
}

function rulesOf(store: Store, bucket: string): readonly CorsRule[] {
  const text = store.buckets.get(bucket)?.facts.settings.cors;
  const rules = text === undefined ? [] : children(parseXml(text, "CORSConfiguration"), "CORSRule");
  return rules.map((rule) => ({
    origins: every(rule, "AllowedOrigin"),
    methods: every(rule, "AllowedMethod"),
    headers: every(rule, "AllowedHeader"),
    exposed: every(rule, "ExposeHeader"),
    maxAgeSeconds: every(rule, "MaxAgeSeconds")[0],
  }));
}

function every(rule: XmlElement, name: string): readonly string[] {
  const value = rule[name];
  return (Array.isArray(value) ? value : [value]).filter((text): text is string => typeof text === "string");
}

function allows({ origins, methods }: CorsRule, origin: string, method: string): boolean {
  return methods.includes(method) && origins.some((pattern) => fits(origin, pattern));
}

function allowsHeaders({ headers }: CorsRule, asked: readonly string[]): boolean {
  return asked.every((name) => headers.some((pattern) => fits(name.toLowerCase(), pattern.toLowerCase())));
}

/** One `*` matches anything. */
function fits(text: string, pattern: string): boolean {
  const [start = "", end] = pattern.split("*", 2);
  return end === undefined
    ? text === pattern
    : text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

function allowed({ origins, methods, exposed }: CorsRule, origin: string): Headers {
  const anywhere = origins.includes("*");
  return {
    "access-control-allow-origin": anywhere ? "*" : origin,
    "access-control-allow-methods": methods.join(", "),
    ...(exposed.length > 0 && { "access-control-expose-headers": exposed.join(", ") }),
    ...(!anywhere && { "access-control-allow-credentials": "true" }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

function list(header: string | undefined): readonly string[] {
  return (header ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
