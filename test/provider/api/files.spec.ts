import assert from "node:assert/strict";
import { once } from "node:events";
import {
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PermissionDeniedError, UnreachableError } from "../../../provider/api/errors.ts";
import { putFile } from "../../../provider/api/files.ts";
import { openContent } from "../../../provider/disk/pieces.ts";

describe("provider: files that are sent", () => {
  let folder: string;
  let file: string;
  let server: Server;
  let url: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "aidp-files-"));
    file = join(folder, "large.bin");
    writeFileSync(file, "begin");
    truncateSync(file, 64 * 1024 ** 2);
    server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x?signature=secret`;
  });
  afterEach(() => {
    server.close().closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  /** Whether this process has the file open, where there is a /proc. */
  function isOpen(): boolean {
    return readdirSync("/proc/self/fd").some((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === file;
      } catch {
        return false;
      }
    });
  }

  it("stops sending what is refused before its end", async () => {
    let received = 0;
    server.on("request", (request, response) => {
      request.once("data", () => response.writeHead(403).end());
      request.on("data", ({ length }) => {
        received += length;
      });
    });
    await assert.rejects(
      putFile(url, await openContent(file, "image/jpeg")),
      PermissionDeniedError,
    );
    assert.ok(received < 64 * 1024 ** 2);
  });

  it("leaves no file open where nothing listens", async () => {
    server.close();
    await once(server, "close");
    await assert.rejects(putFile(url, await openContent(file, "image/jpeg")), UnreachableError);
    assert.equal(isOpen(), false);
  });

  it("leaves no file open when the connection breaks", async () => {
    server.on("request", (request) => request.once("data", () => request.socket.resetAndDestroy()));
    await assert.rejects(
      putFile(url, await openContent(file, "image/jpeg")),
      /lost the connection/,
    );
    assert.equal(isOpen(), false);
  });
});
