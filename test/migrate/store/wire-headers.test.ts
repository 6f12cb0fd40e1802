import { expect, test } from "vitest";
import { NO_UTF8, readWireHeaders, writeWireHeaders } from "../../../migrate/store/wire.js";

/** As node has them: a character a byte. */
const onTheWire = (bytes: Buffer) => ({ name: bytes.toString("latin1") });

test.each(["plain", "déjà 🦊", "\ufeffmarked", ""])(
  "header value %j is read as UTF-8, and sent as the same bytes",
  (text) => {
    const wire = onTheWire(Buffer.from(text));
    expect(readWireHeaders(wire)).toEqual({ name: text });
    expect(writeWireHeaders(readWireHeaders(wire))).toEqual(wire);
  },
);

test("header bytes that are not UTF-8 are marked as such", () => {
  const { name } = readWireHeaders(onTheWire(Buffer.from("d\u00e9j\u00e0", "latin1")));
  expect(name).toBe(`d${NO_UTF8}j${NO_UTF8}`);
});
