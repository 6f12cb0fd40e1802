import { S3BucketCorsConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-cors-configuration/index.js";
import type { DeclaredBucket } from "../bucket/named-bucket.js";
import { list, number, objectOf, text } from "../checked-props.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { counted, defined, isKnownLater } from "../values.js";
import type { Feature } from "./feature.js";
import { partOf } from "./for-each.js";
import { supportProblems } from "./store-support.js";

export type CorsMethod = "GET" | "PUT" | "POST" | "DELETE" | "HEAD";

/** Which requests pages of other origins may send to the bucket. */
export interface CorsRule {
  readonly allowedMethods: readonly CorsMethod[];
  /**
   * Origins such as `https://app.example`. `*` stands for all, and may occur once within an origin.
   */
  readonly allowedOrigins: readonly string[];
  /**
   * Headers that such a request may carry. `*` stands for all, and may occur once within a header.
   * @default - none beyond those that need no permission
   */
  readonly allowedHeaders?: readonly string[];
  /**
   * Response headers that the page may read.
   * @default - none beyond those that need no permission
   */
  readonly exposeHeaders?: readonly string[];
  /**
   * The time in seconds for which a browser may cache the answer to a preflight request.
   * @default - the browser decides
   */
  readonly maxAgeSeconds?: number;
  /**
   * At most 255 characters.
   * @default - none
   */
  readonly id?: string;
}

export interface CorsProps {
  /**
   * Cross-origin rules, at most 100.
   * @default - none: pages of other origins cannot read the bucket
   */
  readonly cors?: readonly CorsRule[];
}

const corsRule = objectOf<CorsRule>({
  allowedMethods: list(text()),
  allowedOrigins: list(text()),
  allowedHeaders: list(text()).optional(),
  exposeHeaders: list(text()).optional(),
  maxAgeSeconds: number().optional(),
  id: text().optional(),
});

export const cors: Feature<CorsProps, S3BucketCorsConfiguration> = {
  fields: { cors: list(corsRule).optional() },
  needs: { cors: "cors" },
  parts: [
    {
      id: "cors",
      type: "aws_s3_bucket_cors_configuration",
      inline: ["corsRule"],
      setting: "CORS rules",
      left: "leave cors out",
    },
  ],
  problems: corsProblems,
  declare: declareCors,
};

const MAX_RULES = 100;
const METHODS: readonly string[] = ["GET", "PUT", "POST", "DELETE", "HEAD"] satisfies readonly CorsMethod[];

function declareCors({ cors = [] }: CorsProps, bucket: DeclaredBucket): S3BucketCorsConfiguration | undefined {
  if (cors.length === 0) return undefined;
  return new S3BucketCorsConfiguration(bucket, "cors", {
    ...partOf(bucket),
    corsRule: cors.map(({ allowedMethods, allowedOrigins, allowedHeaders, exposeHeaders, maxAgeSeconds, id }) => ({
      allowedMethods: [...allowedMethods],
      allowedOrigins: [...allowedOrigins],
      ...(allowedHeaders === undefined ? {} : { allowedHeaders: [...allowedHeaders] }),
      ...(exposeHeaders === undefined ? {} : { exposeHeaders: [...exposeHeaders] }),
      ...defined({ maxAgeSeconds, id }),
    })),
  });
}

export function corsProblems({ cors = [] }: CorsProps, storage: ObjectStorageProvider): string[] {
  if (cors.length === 0) return [];
  return [
    ...supportProblems("cors", "cors", storage),
    ...(cors.length > MAX_RULES ? [`cors has ${counted(cors.length, "rule")}; a bucket has ${MAX_RULES} at most`] : []),
    ...cors.flatMap((rule, index) => ruleProblems(rule).map((problem) => `cors[${index}] ${problem}`)),
  ];
}

function ruleProblems({ allowedMethods, allowedOrigins, allowedHeaders = [], maxAgeSeconds, id }: CorsRule): string[] {
  const unknown = allowedMethods.filter((method) => !isKnownLater(method) && !METHODS.includes(method));
  const starred = [...allowedOrigins, ...allowedHeaders].filter((text) => text.split("*").length > 2);
  return [
    ...(allowedMethods.length === 0 ? ["allows no method; name at least one"] : []),
    ...(allowedOrigins.length === 0 ? ["allows no origin; name at least one"] : []),
    ...unknown.map((method) => `has the method "${method}"; S3 knows ${METHODS.join(", ")}`),
    ...starred.map((text) => `has "${text}"; an origin or header holds one * at most`),
    ...(maxAgeSeconds === undefined || isSeconds(maxAgeSeconds)
      ? []
      : [`has maxAgeSeconds ${maxAgeSeconds}; give a whole number from 0`]),
    ...(id !== undefined && id.length > 255
      ? [`has an id of ${counted(id.length, "character")}; give 255 at most`]
      : []),
  ];
}

function isSeconds(seconds: number): boolean {
  return isKnownLater(seconds) || (Number.isInteger(seconds) && seconds >= 0);
}
