export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly ParsedSample[];
}

const UNESCAPED: Readonly<Record<string, string>> = { "\\\\": "\\", '\\"': '"', "\\n": "\n" };

/**
 * Reads the text format of Prometheus as its specification has it, and throws on what it does not allow:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const types = new Map<string, string>();
  const samples: ParsedSample[] = [];
  for (const line of text.slice(0, -1).split("\n")) {
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (type !== null) {
      const [, name = "", kind = ""] = type;
      if (types.has(name)) throw new Error(`${name} has two types`);
      types.set(name, kind);
    } else if (!/^# HELP [a-zA-Z_:][a-zA-Z0-9_:]* \S/.test(line)) {
      samples.push(parseSample(line));
    }
  }
  return { types, samples };
}

function parseSample(line: string): ParsedSample {
  const found =
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/.exec(line);
  const [, name = "", labels = "", value = ""] = found ?? [];
  if (found === null || !/^(NaN|[+-]?Inf|[+-]?\d+(\.\d+)?(e[+-]?\d+)?)$/.test(value)) {
    throw new Error(`not a sample: ${JSON.stringify(line)}`);
  }
  const pairs = [...labels.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"/g)].map(
    ([, label = "", text = ""]) => [label, text.replace(/\\[\\"n]/g, (escaped) => UNESCAPED[escaped] ?? escaped)],
  );
  return { name, labels: Object.fromEntries(pairs), value: Number(value) };
}
