/** Server-sent events of an answer's body: the browser's own `EventSource` cannot send a key. */

/**
 * The data of each event as it arrives (HTML Standard, section 9.2; the service writes one line of data for each
 * event).
 */
export async function* readEvents({ body }: Pick<Response, "body">): AsyncGenerator<string> {
  if (body === null) return;
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data !== undefined) yield data;
      }
    }
  } finally {
    await reader.cancel();
  }
}
