// Unpacks Chromium and the libraries it brings: node unpack.mjs FOLDER.
import { createReadStream, createWriteStream } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

import tar from "tar-fs";

const folder = process.argv[2];
const found = createRequire(import.meta.url).resolve("chrome-aws-lambda/package.json");
const packed = path.join(path.dirname(found), "bin");
const opened = (name) => [createReadStream(path.join(packed, name)), createBrotliDecompress()];

await pipeline(...opened("chromium.br"), createWriteStream(path.join(folder, "chromium"), { mode: 0o755 }));
await pipeline(...opened("aws.tar.br"), tar.extract(folder));
