import { textMap } from "../checked-props.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { counted, isKnownLater } from "../values.js";
import type { Feature } from "./feature.js";
import { supportProblems } from "./store-support.js";

export interface TagsProps {
  /**
   * Tags of the bucket, at most 50.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

export const tags: Feature<TagsProps> = {
  fields: { tags: textMap().optional() },
  needs: { tags: "tagging" },
  problems: tagsProblems,
};

const MAX_TAGS = 50;

export function tagsProblems({ tags }: TagsProps, storage: ObjectStorageProvider): string[] {
  if (tags === undefined) return [];
  const unsupported = supportProblems("tags", "tagging", storage);
  if (unsupported.length > 0 || isKnownLater(tags)) return unsupported;
  const count = Object.keys(tags).length;
  return [
    ...(count > MAX_TAGS ? [`there are ${counted(count, "tag")}; a bucket has ${MAX_TAGS} at most`] : []),
    ...Object.entries(tags).flatMap(([key, value]) => tagProblems(key, value)),
  ];
}

/** The rules that one tag of a bucket or an object breaks. */
export function tagProblems(key: string, value: string): string[] {
  const rules: readonly (readonly [broken: boolean, rule: string])[] = [
    [breaks(key, (text) => text.length < 1 || text.length > 128), "a key has 1 to 128 characters"],
    [breaks(value, (text) => text.length > 256), "a value has at most 256 characters"],
    [breaks(key, (text) => /^aws:/i.test(text)), 'a key does not begin with "aws:", which Amazon keeps for itself'],
    [breaks(key + value, (text) => STRANGE.test(text)), "both hold letters, digits, spaces and _.:/=+-@ only"],
  ];
  const broken = rules.filter(([isBroken]) => isBroken).map(([, rule]) => rule);
  return broken.length === 0 ? [] : [`tag "${key}" = "${value}" cannot be used: ${broken.join("; ")}`];
}

const STRANGE = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/u;

function breaks(text: string, isBroken: (text: string) => boolean): boolean {
  return !isKnownLater(text) && isBroken(text);
}
