import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { etagOfCopy, usualEtag } from "../../../../migrate/store/lean/lean-store.js";
import { keptByText } from "../../../../migrate/store/wire.js";

const answerOf = (body: string) => ({ status: 200, headers: {}, bytes: Buffer.from(body), body });
/** The parser's value of a result; `null` if it is none. */
const parsed = (body: string) => {
  try {
    return etagOfCopy(answerOf(body));
  } catch {
    return null;
  }
};

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';
const OPEN = '<CopyObjectResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">';
const ETAG = "<ETag>&quot;9e107d9d372bb6826bd81d3542a419d6-2&quot;</ETag>";
const DATE = "<LastModified>2026-11-26T09:00:00.000Z</LastModified>";

test.each([
  `${DECLARATION}\n${OPEN}${DATE}${ETAG}</CopyObjectResult>`,
  `<CopyObjectResult>${ETAG}${DATE}</CopyObjectResult>`,
  `${DECLARATION}   \n\n  ${OPEN}\n  ${ETAG.replaceAll("&quot;", '"')}\n</CopyObjectResult>\n`,
  `${OPEN}${DATE}${ETAG}<ChecksumType>FULL_OBJECT</ChecksumType><ChecksumCRC64NVME>a+/b==</ChecksumCRC64NVME></CopyObjectResult>`,
])("usualEtag reads the ETag of %j as the parser does", (body) => {
  expect(usualEtag(body)).toBe("9e107d9d372bb6826bd81d3542a419d6-2");
  expect(parsed(body)).toBe(usualEtag(body));
});

test.each([
  "",
  `${OPEN}${DATE}${ETAG}`,
  `${OPEN}${DATE}</CopyObjectResult>`,
  `${OPEN}<!--${ETAG}--></CopyObjectResult>`,
  `<Error><Code>InternalError</Code></Error>`,
  `${OPEN}${ETAG}</CopyObjectResult><Error><Code>SlowDown</Code></Error>`,
  `<Error>${OPEN}${ETAG}</CopyObjectResult></Error>`,
  `${OPEN}${ETAG}${ETAG}</CopyObjectResult>`,
])("usualEtag leaves %j to the parser", (body) => {
  expect(usualEtag(body)).toBeUndefined();
});

const anyPiece = fc.oneof(
  fc.constantFrom(
    ...[DECLARATION, OPEN, "<CopyObjectResult>", "</CopyObjectResult>", ETAG, DATE, " ", "\n", "<ETag>", "</ETag>"],
    ...["&quot;", '"', "&#34;", "&amp;", "abc-1", "<Error>", "</Error>", "<!--", "-->", "<![CDATA[", "]]>", "<"],
    ...[
      "<LastModified>",
      "</LastModified>",
      "<ChecksumCRC32>ab==</ChecksumCRC32>",
      "<ChecksumType>",
      "</ChecksumType>",
    ],
  ),
  fc.string({ maxLength: 3 }),
);
// Half of them are results but for a piece or two.
const anyBody = fc.oneof(
  fc.array(anyPiece, { maxLength: 8 }).map((pieces) => pieces.join("")),
  fc
    .tuple(anyPiece, anyPiece, anyPiece, anyPiece, fc.array(fc.nat({ max: 3 }), { maxLength: 1 }))
    .map(([a, b, c, d, at]) => {
      const put = (n: number, piece: string) => (at.includes(n) ? piece : "");
      return `${put(0, a)}${OPEN}${put(1, b)}${DATE}${put(2, c)}${ETAG}${put(3, d)}</CopyObjectResult>`;
    }),
  fc
    .string({ maxLength: 6, unit: fc.constantFrom(..."09af-_&;\"'é \n<>/") })
    .map((etag) => `${OPEN}<ETag>&quot;${etag}&quot;</ETag></CopyObjectResult>`),
);

test("usualEtag never differs from the parser, whatever the text", { tags: ["slow"] }, () => {
  let read = 0;
  fc.assert(
    fc.property(anyBody, (body) => {
      const quick = usualEtag(body);
      if (quick === undefined) return;
      read += 1;
      expect(parsed(body)).toBe(quick);
    }),
    { numRuns: 5000 },
  );
  expect(read).toBeGreaterThan(200);
});

describe("keptByText", () => {
  const counting = () => {
    const texts: string[] = [];
    const read = keptByText((text) => {
      texts.push(text);
      return text.startsWith("bad") ? undefined : { text };
    });
    return { texts, read };
  };

  test("reads a text once, and returns the same result for the same text only", () => {
    const { texts, read } = counting();
    const first = read("a");
    expect([read("a"), read("b"), read("a")]).toEqual([{ text: "a" }, { text: "b" }, { text: "a" }]);
    expect(read("a")).toBe(first);
    expect(texts).toEqual(["a", "b"]);
  });

  test("reads a text again that was not understood, or is long", () => {
    const { texts, read } = counting();
    const long = "x".repeat(5000);
    for (const text of ["bad", "bad", long, long]) read(text);
    expect(texts).toEqual(["bad", "bad", long, long]);
  });

  test("keeps the latest texts, and forgets the oldest", () => {
    const { texts, read } = counting();
    for (let n = 0; n <= 200; n += 1) read(String(n));
    texts.length = 0;
    for (const text of ["200", "1", "0"]) read(text);
    expect(texts).toEqual(["0"]);
  });
});
