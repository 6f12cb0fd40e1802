import { formatBytes, formatCount } from "../../model/text.js";
import type { Breakdowns } from "../breakdowns.js";
import { type GroupRow, groupRows, othersWords } from "../group-rows.js";
import type { Group, Groups } from "../groups.js";
import { escapeMarkdown } from "./escape-markdown.js";
import { markdownTable } from "./markdown-table.js";

const SHOWN = 50;
const FIGURES = ["Objects", "Size", "Unencrypted before", "Unencrypted now", "Unencrypted size now"];

/** The totals once more, by prefix, class and size. */
export function breakdownSection({ prefixes, storageClasses, sizes }: Breakdowns): string[] {
  return [
    "## By prefix",
    ...table("Prefix", prefixes, ({ bucket, prefix }) => `s3://${bucket}/${prefix}`),
    "## By storage class",
    ...table("Class", storageClasses, ({ storageClass }) => storageClass),
    "## By size",
    ...table("Size of the object", sizes, ({ size }) => size),
  ];
}

function table<N>(title: string, groups: Groups<N>, nameOf: (group: N & Group) => string): string[] {
  const { rows, left } = groupRows(groups, nameOf, SHOWN);
  if (rows.length === 0) return ["None."];
  const more = othersWords(left);
  return [markdownTable([title, ...FIGURES], rows.map(row), FIGURES), ...(more === null ? [] : [more])];
}

function row({ name, objects, before, now }: GroupRow): string[] {
  return [
    escapeMarkdown(name),
    formatCount(objects.objects),
    formatBytes(objects.bytes),
    formatCount(before.objects),
    formatCount(now.objects),
    formatBytes(now.bytes),
  ];
}
