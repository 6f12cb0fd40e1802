import { z } from "zod";
import { journalRecordSchema } from "./record.js";
import { segmentRecordSchema } from "./segment-record.js";

/** Whatever a line of a journal may be: a record, or what a segment begins with. */
export const journalLineSchema = z.discriminatedUnion("kind", [journalRecordSchema, segmentRecordSchema]);
