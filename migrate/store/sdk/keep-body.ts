interface WithBody {
  body?: unknown;
}

interface Answered {
  response: unknown;
}

interface Stack {
  addRelativeTo(
    middleware: (next: (args: never) => Promise<Answered>) => (args: never) => Promise<Answered>,
    options: { relation: "after"; toMiddleware: string; name: string },
  ): void;
}

/**
 * Keeps the text of an answer, which the SDK hands over only in its own reading. Must be called before the command is sent.
 * `change` is applied to what the SDK reads.
 */
export function keepBody(
  command: { readonly middlewareStack: unknown },
  change: (text: string) => string = (text) => text,
): () => string {
  let text = "";
  (command.middlewareStack as Stack).addRelativeTo(
    (next) => async (args) => {
      const answered = await next(args);
      const response = answered.response as WithBody;
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      text = body.toString("utf8");
      const changed = change(text);
      response.body = changed === text ? new Uint8Array(body) : new Uint8Array(Buffer.from(changed));
      return answered;
    },
    { relation: "after", toMiddleware: "deserializerMiddleware", name: "keepBody" },
  );
  return () => text;
}
