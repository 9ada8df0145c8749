/**
 * Provisions the root program on the emulator, with a real Pulumi engine.
 *
 *   npm run demo                      pulumi up, then what exists now
 *   npm run demo -- show              what exists now
 *   npm run demo -- destroy           takes it down
 *   npm run demo -- <any arguments>   those of pulumi, on the stack of the demo
 *
 * `--language yaml` or `--language python` after `--` does the same with the program in that language.
 *
 * Everything that it makes is in `.demo/`. It does not look at the user's own Pulumi login and stacks.
 */
import { join } from "node:path";
import { ensureLibrary } from "./build-library.ts";
import { type Emulator, startEmulator } from "./demo/emulator.ts";
import { describeStore, readStore } from "./demo/platform.ts";
import { type Program, programs } from "./demo/programs.ts";
import { type Changes, Pulumi } from "./demo/pulumi.ts";
import { findEngine } from "./engine.ts";
import { Failure, runMain } from "./main.ts";
import { projectRoot } from "./paths.ts";

const folder = join(projectRoot, ".demo");

function nextSteps(language: string, { twoDays }: Program): string {
  const demo = `npm run demo --${language === "typescript" ? "" : ` --language ${language}`}`;
  const steps = [
    [`config set ${twoDays}`, "change the deadline,"],
    ["preview --diff", "see what that would change, and"],
    ["up", "apply it"],
    ["refresh", "look for changes made behind Pulumi's back"],
    ["show", "list again what exists"],
    ["destroy", "take it down"],
  ] as const;
  const width = Math.max(...steps.map(([command]) => command.length));
  const lines = steps.map(([command, what]) => `  ${demo} ${command.padEnd(width)}  ${what}`);
  return ["Go on with:", ...lines].join("\n");
}

async function up(
  pulumi: Pulumi,
  emulator: Emulator,
  args: string[],
  next: string,
): Promise<number> {
  const { code, changes } = await pulumi.update(["up", "--yes", ...args]);
  if (code !== 0) {
    return code;
  }

  if (changes !== undefined && isUnchanged(changes)) {
    console.log(`Nothing changed: all ${changes.same} resources are as declared.\n`);
  }
  console.log(`What exists now, as the platform says:\n\n${await list(emulator)}\n\n${next}`);
  return 0;
}

function isUnchanged(changes: Changes): boolean {
  const kinds = Object.keys(changes).filter((kind) => changes[kind] !== 0);
  return kinds.length === 1 && kinds[0] === "same";
}

async function destroy(pulumi: Pulumi, emulator: Emulator, args: string[]): Promise<number> {
  const code = await pulumi.run(["destroy", "--yes", ...args]);
  if (code !== 0) {
    return code;
  }

  console.log(
    "What remains, as the platform says. It deletes nothing: work items are cancelled (FAILED), " +
      `batches and uploads are retained:\n\n${await list(emulator)}`,
  );
  return 0;
}

async function list(emulator: Emulator): Promise<string> {
  return describeStore(await readStore(emulator));
}

async function withEmulator(work: (emulator: Emulator) => Promise<number>): Promise<number> {
  const emulator = await startEmulator(join(folder, "emulator"));
  try {
    return await work(emulator);
  } finally {
    await emulator.stop();
  }
}

/** Takes `--language NAME` out of the arguments, and leaves the others to Pulumi. */
function readLanguage(given: string[]): { language: string; rest: string[] } {
  const at = given.indexOf("--language");
  return at < 0
    ? { language: "typescript", rest: given }
    : { language: given[at + 1] ?? "", rest: given.toSpliced(at, 2) };
}

await runMain(import.meta, async () => {
  const { language, rest } = readLanguage(process.argv.slice(2));
  const program = programs[language];
  if (program === undefined) {
    throw new Failure(`--language is one of ${Object.keys(programs).join(", ")}, not ${language}.`);
  }
  const [command = "up", ...args] = rest;
  if (command === "show") {
    return await withEmulator(async (emulator) => {
      console.log(await list(emulator));
      return 0;
    });
  }

  const engine = await findEngine();
  await ensureLibrary();
  const environment = await program.prepare(engine, folder);
  return await withEmulator(async (emulator) => {
    const pulumi = new Pulumi(engine, folder, emulator, program, environment);
    await pulumi.createStack();
    if (command === "up") {
      return await up(pulumi, emulator, args, nextSteps(language, program));
    }
    if (command === "destroy") {
      return await destroy(pulumi, emulator, args);
    }
    if (command === "refresh") {
      return await pulumi.run(["refresh", "--yes", ...args]);
    }
    return await pulumi.run([command, ...args]);
  });
});
