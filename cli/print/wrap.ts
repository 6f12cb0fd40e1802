export interface WrapOptions {
  /** Of the terminal; `undefined` where there is none: then nothing is wrapped. */
  readonly columns: number | undefined;
  /** Columns of the first line that are taken already. */
  readonly taken?: number;
  /** What the second and later lines begin with. */
  readonly indent?: string;
}

/** Breaks a text between words where the terminal would break it inside one. A longer word keeps a line of its own. */
export function wrap(text: string, { columns, taken = 0, indent = "" }: WrapOptions): string {
  if (columns === undefined) return text;
  const lines: string[] = [];
  let line = "";
  let room = columns - taken;
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= room || line === "") {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
    room = columns - indent.length;
  }
  return [...lines, line].join(`\n${indent}`);
}
