import { choice, objectOf, text } from "../checked-props.js";
/** Redirects what fits `when`; without it, everything. */
export interface WebsiteRoutingRule {
  /** @default - every request */
  readonly when?: {
    /** @default - any key */
    readonly keyPrefix?: string;
    /** The status that would have been answered, as in `"404"`. @default - any */
    readonly httpErrorCode?: string;
  };
  readonly redirect: {
    /** @default - that of the request */
    readonly hostName?: string;
    /** @default - that of the request */
    readonly protocol?: "http" | "https";
    /** As in `"302"`. @default "301" */
    readonly httpRedirectCode?: string;
    /** Replaces the prefix of `when`. @default - the key stays */
    readonly replaceKeyPrefixWith?: string;
    /** Replaces the whole key. @default - the key stays */
    readonly replaceKeyWith?: string;
  };
}

const when = objectOf<NonNullable<WebsiteRoutingRule["when"]>>({
  keyPrefix: text().optional(),
  httpErrorCode: text().optional(),
});

const redirect = objectOf<WebsiteRoutingRule["redirect"]>({
  hostName: text().optional(),
  protocol: choice(["http", "https"]).optional(),
  httpRedirectCode: text().optional(),
  replaceKeyPrefixWith: text().optional(),
  replaceKeyWith: text().optional(),
});

export const websiteRoutingRule = objectOf<WebsiteRoutingRule>({ when: when.optional(), redirect });

export function websiteRuleProblems({ when, redirect }: WebsiteRoutingRule): string[] {
  const { replaceKeyPrefixWith, replaceKeyWith, httpRedirectCode } = redirect;
  return [
    ...(Object.values(redirect).every((each) => each === undefined)
      ? ["redirects to nowhere; give a hostName, protocol, key or status"]
      : []),
    ...(replaceKeyPrefixWith !== undefined && replaceKeyWith !== undefined
      ? ["replaces the key twice; give replaceKeyPrefixWith or replaceKeyWith"]
      : []),
    ...(httpRedirectCode === undefined || /^3\d\d$/.test(httpRedirectCode)
      ? []
      : [`has the httpRedirectCode "${httpRedirectCode}"; give one from "301" to "308"`]),
    ...(when?.httpErrorCode === undefined || /^[45]\d\d$/.test(when.httpErrorCode)
      ? []
      : [`waits for the status "${when.httpErrorCode}"; give an error, as in "404"`]),
  ];
}
