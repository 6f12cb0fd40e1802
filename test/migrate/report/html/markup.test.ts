import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { html, markedText, NOTHING } from "../../../../migrate/report/html/markup.js";

describe("html template", () => {
  it("escapes text in elements and attributes", () => {
    const text = `<b a="1" c='2'>&`;
    expect(html`<p title="${text}">${text}</p>`.markup).toBe(
      '<p title="&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;">&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;</p>',
    );
  });

  it("keeps markup unchanged, alone and in a list", () => {
    expect(html`${html`<b>1</b>`}${[html`<i>2</i>`, NOTHING]}${3}`.markup).toBe("<b>1</b><i>2</i>3");
  });

  it("shows invisible characters", () => {
    expect(html`${"a\u202eb"}`.markup).toBe("a&lt;U+202E&gt;b");
    expect(markedText("a\u202eb").markup).toBe('<bdi>a<i class="token">U+202E</i>b</bdi>');
  });

  it("lets no text leave its context", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !/[<>"']/.test(html`${text}`.markup)));
  });
});
