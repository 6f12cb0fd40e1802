import { z } from "zod";
import { parseAs } from "../model/parse.js";

const objectSchema = z.object({ bucket: z.string(), key: z.string() });

/** What object a line speaks of, as `s3://BUCKET/KEY`; `null` where it cannot be read, or speaks of none. */
export function objectOfLine(line: Buffer): string | null {
  const parsed = parseAs(objectSchema, line.toString("utf8"));
  return parsed.ok ? `s3://${parsed.value.bucket}/${parsed.value.key}` : null;
}
