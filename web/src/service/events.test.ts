import { expect, it } from "vitest";
import { readEvents } from "./events.ts";

it("reads events however the network cuts them, and leaves out those without data", async () => {
  const bytes = new TextEncoder().encode(
    'event: progress\ndata: {"ä":1}\n\n: still here\n\nevent: end\ndata: 2\n\ndata: cut',
  );
  for (const size of [1, 3, 7, bytes.length]) {
    const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
    const read: string[] = [];
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        for (const part of parts) controller.enqueue(part);
        controller.close();
      },
    });
    for await (const data of readEvents({ body })) read.push(data);
    expect(read).toEqual(['{"ä":1}', "2"]);
  }
});
