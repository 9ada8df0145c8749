import assert from "node:assert/strict";
import { emulatorHint, networkError, wasNeverSent } from "../../../provider/api/network.ts";

/** An error as a connection that is refused by one address ends with. */
function refused(address: string, code = "ECONNREFUSED"): Error {
  return Object.assign(new Error(`connect ${code}`), { code, address, port: 4010 });
}

describe("a connection that fails", () => {
  const hint = ". Nothing listens on port 4010 of this machine: is the emulator running?";

  for (const address of ["127.0.0.1", "127.8.8.8", "::1"]) {
    it(`has the emulator asked for where ${address} refuses it`, () => {
      assert.equal(emulatorHint(new TypeError("fetch failed", { cause: refused(address) })), hint);
    });
  }

  it("has it asked for where each address of a name refuses", () => {
    const all = new AggregateError([refused("::1"), refused("127.0.0.1")]);
    assert.equal(emulatorHint(new TypeError("fetch failed", { cause: all })), hint);
  });

  for (const [title, error] of [
    ["another machine refuses", refused("203.0.113.1")],
    ["this machine does something else", refused("127.0.0.1", "ECONNRESET")],
    ["nothing is known", "no error"],
  ] as const) {
    it(`has nothing asked for where ${title}`, () => {
      assert.equal(emulatorHint(error), "");
    });
  }

  for (const [code, syscall, isNeverSent] of [
    ["EHOSTUNREACH", "connect", true],
    ["EHOSTUNREACH", "read", false],
    ["ENETUNREACH", "write", false],
    ["ENOTFOUND", "getaddrinfo", true],
    ["ERR_PROXY_TUNNEL", undefined, true],
    ["CONNECT_TIMEOUT", undefined, true],
    ["ECONNRESET", "read", false],
  ] as const) {
    it(`${isNeverSent ? "was never sent" : "may have been sent"} with ${code} of ${syscall ?? "nothing"}`, () => {
      const cause = Object.assign(new Error(code), { code, ...(syscall && { syscall }) });
      const error = new TypeError("fetch failed", { cause });
      assert.equal(wasNeverSent(error), isNeverSent);
      const { outcomeUnknown } = networkError({ method: "POST", path: "/" }, error, "Look");
      assert.equal(outcomeUnknown, !isNeverSent);
    });
  }
});
