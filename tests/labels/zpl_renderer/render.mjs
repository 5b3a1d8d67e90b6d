// Reads {zpl, widthMm, heightMm, dpmm} objects, one JSON per line, from standard input; answers one base64 PNG per line.
import { createInterface } from "node:readline";
import { ready } from "zpl-renderer-js";

const { api } = await ready;
for await (const line of createInterface({ input: process.stdin })) {
  const { zpl, widthMm, heightMm, dpmm } = JSON.parse(line);
  process.stdout.write(`${await api.zplToBase64Async(zpl, widthMm, heightMm, dpmm)}\n`);
}
process.exit(0);
