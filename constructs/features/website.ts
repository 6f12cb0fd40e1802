import {
  S3BucketWebsiteConfiguration,
  type S3BucketWebsiteConfigurationRoutingRule,
} from "@cdktf/provider-aws/lib/s3-bucket-website-configuration/index.js";
import type { DeclaredBucket } from "../bucket/named-bucket.js";
import { choice, list, objectOf, text } from "../checked-props.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { defined } from "../values.js";
import type { Feature } from "./feature.js";
import { partOf } from "./for-each.js";
import { supportProblems } from "./store-support.js";

/** Redirects requests that match `when`; without `when`, all requests. */
export interface WebsiteRoutingRule {
  /** @default - every request */
  readonly when?: {
    /** @default - any key */
    readonly keyPrefix?: string;
    /** The status that the request would otherwise get, as in `"404"`. @default - any */
    readonly httpErrorCode?: string;
  };
  readonly redirect: {
    /** @default - that of the request */
    readonly hostName?: string;
    /** @default - that of the request */
    readonly protocol?: "http" | "https";
    /** The status of the redirect, as in `"302"`. @default "301" */
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

const websiteRoutingRule = objectOf<WebsiteRoutingRule>({ when: when.optional(), redirect });

function websiteRuleProblems({ when, redirect }: WebsiteRoutingRule): string[] {
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

/** Serves pages from the bucket, or redirects every request. */
export interface Website {
  /**
   * The page for keys that end in `/`, as in `index.html`. Required unless every request is
   * redirected.
   * @default - none
   */
  readonly indexDocument?: string;
  /**
   * The key of the page for errors.
   * @default - the store's own page
   */
  readonly errorDocument?: string;
  /**
   * Redirects for some keys or errors, at most 50.
   * @default - none
   */
  readonly routingRules?: readonly WebsiteRoutingRule[];
  /**
   * The host to which every request is redirected. No pages are served then.
   * @default - none
   */
  readonly redirectAllRequestsTo?: { readonly hostName: string; readonly protocol?: "http" | "https" };
}

export interface WebsiteProps {
  /**
   * Serves the bucket as a website. Visitors see nothing until the objects are public, and no
   * property here makes them public.
   * @default - none
   */
  readonly website?: Website;
}

const websiteForm = objectOf<Website>({
  indexDocument: text().optional(),
  errorDocument: text().optional(),
  routingRules: list(websiteRoutingRule).optional(),
  redirectAllRequestsTo: objectOf<NonNullable<Website["redirectAllRequestsTo"]>>({
    hostName: text(),
    protocol: choice(["http", "https"]).optional(),
  }).optional(),
});

export const website: Feature<WebsiteProps, S3BucketWebsiteConfiguration> = {
  fields: { website: websiteForm.optional() },
  needs: { website: "website" },
  parts: [
    {
      id: "website",
      type: "aws_s3_bucket_website_configuration",
      inline: ["website"],
      setting: "website",
      left: "leave website out",
    },
  ],
  problems: websiteProblems,
  declare: declareWebsite,
};

const MAX_RULES = 50;

function declareWebsite({ website }: WebsiteProps, bucket: DeclaredBucket): S3BucketWebsiteConfiguration | undefined {
  if (website === undefined) return undefined;
  const { indexDocument, errorDocument, routingRules = [], redirectAllRequestsTo } = website;
  return new S3BucketWebsiteConfiguration(bucket, "website", {
    ...partOf(bucket),
    ...(indexDocument === undefined ? {} : { indexDocument: { suffix: indexDocument } }),
    ...(errorDocument === undefined ? {} : { errorDocument: { key: errorDocument } }),
    ...(redirectAllRequestsTo === undefined ? {} : { redirectAllRequestsTo: defined(redirectAllRequestsTo) as never }),
    ...(routingRules.length === 0 ? {} : { routingRule: routingRules.map(asTerraform) }),
  });
}

function asTerraform({ when = {}, redirect }: WebsiteRoutingRule): S3BucketWebsiteConfigurationRoutingRule {
  const condition = defined({ keyPrefixEquals: when.keyPrefix, httpErrorCodeReturnedEquals: when.httpErrorCode });
  const { httpRedirectCode, ...rest } = redirect;
  return {
    ...(Object.keys(condition).length === 0 ? {} : { condition }),
    redirect: { ...defined(rest), ...(httpRedirectCode === undefined ? {} : { httpRedirectCode }) },
  };
}

export function websiteProblems({ website }: WebsiteProps, storage: ObjectStorageProvider): string[] {
  if (website === undefined) return [];
  return [...supportProblems("website", "website", storage), ...shapeProblems(website)];
}

function shapeProblems({ indexDocument, errorDocument, routingRules = [], redirectAllRequestsTo }: Website): string[] {
  const serves = [indexDocument, errorDocument].some((each) => each !== undefined) || routingRules.length > 0;
  if (redirectAllRequestsTo !== undefined) {
    return serves ? ["website redirects every request, so it serves nothing; leave the rest out"] : [];
  }
  return [
    ...(indexDocument === undefined ? ["website needs an indexDocument, as in index.html"] : []),
    ...(indexDocument?.includes("/") || indexDocument === ""
      ? [`website indexDocument "${indexDocument}" cannot be used; give a name without /, as in index.html`]
      : []),
    ...(routingRules.length > MAX_RULES
      ? [`website has ${routingRules.length} routing rules; a bucket has ${MAX_RULES} at most`]
      : []),
    ...routingRules.flatMap((rule, index) =>
      websiteRuleProblems(rule).map((problem) => `website.routingRules[${index}] ${problem}`),
    ),
  ];
}
