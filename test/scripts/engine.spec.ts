import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pinnedVersion } from "../../scripts/engine/cache.ts";
import { engineEnv, type FindEngineOptions, findEngine } from "../../scripts/engine.ts";
import { Failure } from "../../scripts/main.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { temporaryFolder, writeCommand } from "./temporary-folder.ts";

const plugins = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

function writeEngine(bin: string, version = pinnedVersion()): string {
  writeCommand(join(bin, "pulumi"), `echo v${version}`);
  for (const name of plugins) {
    writeCommand(join(bin, name), "exit 0");
  }
  return bin;
}

describe("findEngine", () => {
  const folder = temporaryFolder();
  const cache = () => join(folder(), "home", "versions", pinnedVersion(), "bin");
  const own = () => join(folder(), "own");
  let lines: string[];

  /** An environment with nothing in it, and no network. */
  function find(options: FindEngineOptions = {}, path: string[] = [own()]): Promise<string> {
    return findEngine({
      env: { PATH: path.join(delimiter), PULUMI_HOME: join(folder(), "home") },
      log: (line) => lines.push(line),
      download: () => Promise.reject(new Error("the network is closed")),
      build: () => Promise.reject(new Error("nothing was to be built")),
      ...options,
    });
  }

  beforeEach(() => {
    lines = [];
  });

  describe("with a pulumi on the PATH", () => {
    it("prefers it to the cache", async () => {
      writeEngine(own());
      writeEngine(cache());
      assert.equal(await find(), own());
      assert.deepEqual(lines, []);
    });

    it("takes one whose plugins are elsewhere on the PATH", async () => {
      const elsewhere = writeEngine(join(folder(), "elsewhere"), "3.1.0");
      writeCommand(join(own(), "pulumi"), `echo v${pinnedVersion()}`);
      assert.equal(await find({}, [own(), elsewhere]), own());
    });

    it("takes a newer 3.x", async () => {
      writeEngine(own(), "3.999.1");
      assert.equal(await find(), own());
    });

    for (const version of ["3.100.0", "2.999.0", "4.0.0"]) {
      it(`leaves ${version} alone and says so`, async () => {
        writeEngine(own(), version);
        writeEngine(cache());
        assert.equal(await find(), cache());
        assert.equal(lines.length, 1);
        assert.match(lines[0]!, new RegExp(`it is ${version}, .* is needed`));
      });
    }

    it("leaves one without a language host alone and says so", async () => {
      writeCommand(join(own(), "pulumi"), `echo v${pinnedVersion()}`);
      writeEngine(cache());
      assert.equal(await find(), cache());
      assert.match(lines.join(), /there is no pulumi-language-nodejs/);
    });

    it("leaves one that fails alone and says so", async () => {
      writeEngine(own());
      writeCommand(join(own(), "pulumi"), "exit 1");
      writeEngine(cache());
      assert.equal(await find(), cache());
      assert.match(lines.join(), /"pulumi version" fails/);
    });

    it("does not start npm's command of that name", async () => {
      const started = join(folder(), "started");
      const shim = join(folder(), "node_modules", "pulumi", "run.js");
      writeCommand(shim, `: > ${started}; echo v${pinnedVersion()}`);
      mkdirSync(own());
      symlinkSync(shim, join(own(), "pulumi"));
      writeEngine(cache());
      assert.equal(await find(), cache());
      assert.equal(existsSync(started), false);
    });

    it("asks for its version without touching the user's home", async () => {
      writeEngine(own());
      const home = join(folder(), "asked-with");
      writeCommand(join(own(), "pulumi"), `echo $PULUMI_HOME > ${home}; echo v${pinnedVersion()}`);
      await find();
      assert.notEqual(readFileSync(home, "utf8").trim(), join(folder(), "home"));
    });
  });

  describe("without one", () => {
    it("downloads into the cache, once", async () => {
      let downloads = 0;
      const download = async (_version: string, root: string) => {
        downloads += 1;
        writeEngine(join(root, "bin"));
      };
      assert.equal(await find({ download }), cache());
      assert.equal(await find({ download }), cache());
      assert.equal(downloads, 1);
    });

    it("builds when the download fails, and says both", async () => {
      writeCommand(join(own(), "go"), "echo go1.999.0");
      const build = async (_version: string, root: string) => {
        writeEngine(join(root, "bin"));
      };
      assert.equal(await find({ build }), cache());
      assert.match(lines.join("\n"), /download failed \(the network is closed\).*\nBuilding/);
    });

    it("builds once for two who ask at the same time", async () => {
      writeCommand(join(own(), "go"), "echo go1.999.0");
      const begun = Promise.withResolvers<void>();
      const waiting = Promise.withResolvers<void>();
      let builds = 0;
      const build = async (_version: string, root: string) => {
        builds += 1;
        begun.resolve();
        await waiting.promise;
        writeEngine(join(root, "bin"));
      };
      const first = find({ build });
      await begun.promise;
      const second = find({ build, log: () => waiting.resolve() });
      assert.deepEqual(await Promise.all([first, second]), [cache(), cache()]);
      assert.equal(builds, 1);
    });

    it("keeps nothing of a build that fails or is not whole", async () => {
      writeCommand(join(own(), "go"), "echo go1.999.0");
      const build = async (_version: string, root: string) => {
        writeCommand(join(root, "bin", "pulumi"), "exit 0");
      };
      await assert.rejects(find({ build }), /lacks a file/);
      assert.equal(existsSync(cache()), false);
      assert.deepEqual(
        readdirSync(join(folder(), "home", "versions")).filter((name) => name.includes("partial")),
        [],
      );
    });

    it("clears away what a killed build left, and a half engine", async () => {
      const left = join(folder(), "home", "versions", `${pinnedVersion()}.partial-1`);
      writeCommand(join(left, "bin", "pulumi"), "exit 0");
      writeCommand(join(cache(), "pulumi"), "exit 0");
      const download = async (_version: string, root: string) => {
        writeEngine(join(root, "bin"));
      };
      assert.equal(await find({ download }), cache());
      assert.equal(existsSync(left), false);
      assert.deepEqual(readdirSync(cache()).sort(), ["pulumi", ...plugins]);
    });

    it("says in one sentence that there is no Go either", async () => {
      await assert.rejects(find(), (error: unknown) => {
        assert.ok(error instanceof Failure);
        assert.match(error.message, /download failed \(the network is closed\) and Go is not inst/);
        assert.match(error.message, /install Pulumi 3\.\S+ or a newer 3\.x, or Go 1\.\S+ or newer/);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      });
    });

    for (const [name, body] of [
      ["is too old", "echo go1.20.3"],
      ["refuses the modules", "exit 1"],
    ] as const) {
      it(`says in one sentence that Go ${name}`, async () => {
        writeCommand(join(own(), "go"), body);
        await assert.rejects(
          find(),
          /too old to build it; install Pulumi .* or Go 1\.\S+ or newer/,
        );
      });
    }
  });

  it("is of the version that the Go modules build", () => {
    const module = readFileSync(join(projectRoot, "engine", "cli", "go.mod"), "utf8");
    for (const part of ["pkg", "sdk"]) {
      assert.ok(module.includes(`github.com/pulumi/pulumi/${part}/v3 v${pinnedVersion()}\n`));
    }
  });
});

describe("engineEnv", () => {
  it("puts this Node before the engine, and the engine before all else", () => {
    const { PATH = "", OTHER } = engineEnv("/engine", { PATH: "/usr/bin", OTHER: "kept" });
    assert.deepEqual(PATH.split(delimiter).slice(1), ["/engine", "/usr/bin"]);
    assert.ok(process.execPath.startsWith(PATH.split(delimiter)[0]!));
    assert.equal(OTHER, "kept");
  });
});
